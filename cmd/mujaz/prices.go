package main

import (
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"strconv"
	"text/tabwriter"

	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/price"
	"github.com/mujaz/mujaz/worker"
)

// priceFlags say what tokens cost.
type priceFlags struct {
	PriceInput  float64 `placeholder:"PRICE" help:"Price of a million input tokens of every model at the endpoint; it wins over all tables."`
	PriceCached float64 `placeholder:"PRICE" help:"The same for input from the provider's cache; default: --price-input."`
	PriceOutput float64 `placeholder:"PRICE" help:"Price of a million output tokens."`
	Currency    string  `default:"USD" help:"Currency of these prices."`
	Prices      string  `placeholder:"FILE" help:"YAML file of prices, before those that are built in (mujaz prices); without any, costs are unknown."`
}

// budgetFlags cap what is spent.
type budgetFlags struct {
	BudgetDay  float64 `placeholder:"AMOUNT" help:"Most that all workers together may spend in a day of UTC."`
	BudgetRun  float64 `placeholder:"AMOUNT" help:"Most that they may spend on one source or backfill run."`
	BudgetJob  float64 `placeholder:"AMOUNT" help:"Most that one job may cost; its own max_cost can only be smaller."`
	OverBudget string  `default:"wait" enum:"wait,end" help:"What jobs do when the budget of the day or run is used up: wait, or end as dead letters."`
}

func (f *budgetFlags) budgets() worker.Budgets {
	return worker.Budgets{Day: f.BudgetDay, Run: f.BudgetRun, Job: f.BudgetJob, Over: worker.OverBudget(f.OverBudget)}
}

// own is the price that the flags name, nil for none.
func (f *priceFlags) own() *worker.Price {
	if f.PriceInput == 0 && f.PriceOutput == 0 {
		return nil
	}
	return &worker.Price{Input: f.PriceInput, Output: f.PriceOutput, CachedInput: f.PriceCached, Currency: f.Currency}
}

// table is the file's prices before the built-in ones.
func (f *priceFlags) table() (price.Table, error) {
	builtin := price.Builtin()
	if f.Prices == "" {
		return builtin, nil
	}
	file, err := os.Open(f.Prices)
	if err != nil {
		return nil, usagef("Name a YAML file with --prices.", "read prices: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(file, price.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read prices: %w", err)
	}
	table, err := price.Parse(f.Prices, data)
	if err != nil {
		return nil, usagef("docs/operations.md shows such a file.", "read prices %s: %w", f.Prices, err)
	}
	return builtin.With(table), nil
}

// priceAt looks a price up for an endpoint's host; nil is unknown.
func priceAt(table price.Table, host, model string) *worker.Price {
	p, found := table.Find(host, model)
	if !found {
		return nil
	}
	return &worker.Price{Input: p.Input, CachedInput: p.CachedInput(), Output: p.Output, Batch: p.Batch, Currency: p.Currency, Free: p.Free}
}

// setPrices fills in what is not given by flags.
func setPrices(cfg *worker.Config, table price.Table) {
	host := hostOf(cfg.LLM.Label())
	flags := cfg.Price != nil
	if !flags {
		cfg.Price, cfg.ModelPrices = priceAt(table, host, cfg.Model), map[string]*worker.Price{}
		for _, model := range append([]string{cfg.FallbackModel}, cfg.AllowedModels...) {
			if model != "" {
				cfg.ModelPrices[model] = priceAt(table, host, model)
			}
		}
	}
	if j := cfg.Judge; j != nil && j.Price == nil {
		switch {
		case j.LLM != nil:
			j.Price = priceAt(table, hostOf(j.LLM.Label()), j.Model)
		case !flags:
			j.Price = priceAt(table, host, j.Model)
		}
	}
}

// hostOf is the host of host:port.
func hostOf(address string) string {
	if host, _, err := net.SplitHostPort(address); err == nil {
		return host
	}
	return address
}

func hostOfURL(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Hostname()
}

type pricesCmd struct {
	Model string `arg:"" optional:"" help:"Model to look up; default: the whole table."`
	JSON  bool   `name:"json" help:"Print a JSON line a price."`

	LLM   llmFlags   `embed:"" group:"llm"`
	Price priceFlags `embed:"" group:"worker"`
}

// Help is shown by --help.
func (*pricesCmd) Help() string {
	return `What a worker with the same settings would take a million tokens to cost, and from where: of the lines that fit host and model the first one counts. The built-in table is of list prices at the provider's own endpoint, as of the date beside each; check it, and put what you pay into a file. A model without a line has no price: its costs are unknown, and no budget can be kept with it. Batch is the part of these prices that calls in a provider's batch cost.

    # prices.yaml; a * stands for the rest of a name, a line without a host is for all
    - {model: gpt-4o-mini, host: gateway.example, input: 0.18, cached: 0.09, output: 0.70, batch: 0.5, currency: EUR}
    - {model: "qwen3:*", free: true, input: 0, output: 0}

    mujaz prices
    mujaz prices gpt-4o-mini --base-url https://api.openai.com/v1
    mujaz prices qwen3:4b --prices prices.yaml --json`
}

// pricedLine is a line of the list.
type pricedLine struct {
	Model    string   `json:"model"`
	Host     string   `json:"host,omitzero"`
	Known    bool     `json:"known"`
	Input    float64  `json:"input,omitzero"`
	Cached   *float64 `json:"cached,omitzero"`
	Output   float64  `json:"output,omitzero"`
	Batch    float64  `json:"batch,omitzero"`
	Currency string   `json:"currency,omitzero"`
	Free     bool     `json:"free,omitzero"`
	From     string   `json:"from"`
	Date     string   `json:"date,omitzero"`
}

// Run prints prices.
func (c *pricesCmd) Run(p *program) error {
	table, err := c.Price.table()
	if err != nil {
		return err
	}
	var lines []pricedLine
	if c.Model == "" {
		for _, entry := range table {
			lines = append(lines, lineOf(entry))
		}
	} else {
		line, err := c.look(p, table)
		if err != nil {
			return err
		}
		lines = append(lines, line)
	}
	if c.JSON {
		for _, line := range lines {
			if err := p.printJSON(line); err != nil {
				return err
			}
		}
		return nil
	}
	out := tabwriter.NewWriter(p.out, 0, 8, 2, ' ', 0)
	fmt.Fprintln(out, "MODEL\tHOST\tINPUT\tCACHED\tOUTPUT\t\tDATE\tFROM")
	for _, l := range lines {
		host := l.Host
		if host == "" {
			host = "any"
		}
		switch {
		case !l.Known:
			fmt.Fprintf(out, "%s\t%s\tunknown\t\t\t\t\t%s\n", show.Line(l.Model), show.Line(host), l.From)
		case l.Free:
			fmt.Fprintf(out, "%s\t%s\tfree\t\t\t\t%s\t%s\n", show.Line(l.Model), show.Line(host), show.Line(l.Date), show.Line(l.From))
		default:
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", show.Line(l.Model), show.Line(host),
				figure(l.Input), figure(*l.Cached), figure(l.Output), l.Currency, show.Line(l.Date), show.Line(l.From))
		}
	}
	return out.Flush()
}

// look says what a worker would use for the model.
func (c *pricesCmd) look(p *program, table price.Table) (pricedLine, error) {
	host := hostOfURL(c.LLM.BaseURL)
	if key, err := c.LLM.key(); err == nil && c.LLM.BaseURL == "" && key != "" {
		host = hostOfURL(openAI)
	}
	if own := c.Price.own(); own != nil {
		entry := price.Price{Input: own.Input, Output: own.Output, Currency: own.Currency}
		if own.CachedInput != 0 {
			entry.Cached = &own.CachedInput
		}
		if err := entry.Validate(); err != nil {
			return pricedLine{}, usagef("Correct --price-input, --price-cached or --price-output.", "prices of the flags: %w", err)
		}
		line := lineOf(entry)
		line.Model, line.Host, line.From = c.Model, host, p.origin("price-input")
		return line, nil
	}
	entry, found := table.Find(host, c.Model)
	if !found {
		return pricedLine{Model: c.Model, Host: host, From: "no line fits; add one to --prices"}, nil
	}
	return lineOf(entry), nil
}

func lineOf(p price.Price) pricedLine {
	cached := p.CachedInput()
	return pricedLine{
		Model: p.Model, Host: p.Host, Known: true, Input: p.Input, Cached: &cached, Output: p.Output, Batch: p.Batch,
		Currency: p.Currency, Free: p.Free, From: p.Source, Date: p.Date,
	}
}

// figure has two decimals or as many as it needs.
func figure(v float64) string {
	short, long := strconv.FormatFloat(v, 'f', 2, 64), strconv.FormatFloat(v, 'f', -1, 64)
	if len(long) > len(short) {
		return long
	}
	return short
}
