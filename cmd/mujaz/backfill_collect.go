package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/collect"
	"github.com/mujaz/mujaz/internal/demo/show"
	"github.com/mujaz/mujaz/internal/page"
	"github.com/mujaz/mujaz/queue"
)

type backfillCollectCmd struct {
	Name    string   `arg:"" name:"run" help:"Name of the run."`
	Input   []string `arg:"" optional:"" help:"The run's input: results come in the order of its rows, and a page has the source beside the English. - is standard input."`
	InOrder bool     `help:"The same without INPUT: the files are read again that the run was begun with."`

	To        string `default:"-" placeholder:"FILE" help:"Where to: .jsonl, .csv (both also .gz, .zst), .parquet or .html; - prints JSON Lines."`
	Format    string `default:"" enum:",jsonl,csv,parquet,html" placeholder:"FORMAT" help:"jsonl, csv, parquet or html, where the name of the file does not say."`
	Overwrite bool   `help:"Replace the file if it is there."`

	Status      []string `enum:"ok,flagged,skipped" placeholder:"STATUS" help:"Results of these statuses: ok, flagged, skipped."`
	FailedCheck string   `placeholder:"NAME" help:"Results in which this check failed, such as numbers."`
	Since       moment   `placeholder:"TIME" help:"Results stored since then: a time, a date, or an age such as 2h or 3d."`
	Dead        bool     `help:"The run's dead letters too, with their cause and without text."`
	Follow      bool     `short:"f" help:"Go on until the run is done or interrupted; prints JSON Lines."`
	Limit       int      `placeholder:"N" help:"At most so many; 0 is all, for a page ${page_cards}."`
	Skip        int      `placeholder:"N" help:"Leave out so many first: --skip 5000 --to page-2.html."`
	BOM         bool     `name:"bom" help:"Begin a CSV with a byte order mark, for Excel."`

	InputFormat archive.Format    `placeholder:"FORMAT" help:"Format of INPUT, where its name does not say."`
	Field       map[string]string `placeholder:"FIELD=NAME" help:"What a field is called in INPUT, as it was for the run; can be repeated."`

	NATS natsFlags `embed:"" group:"nats"`
	prefixFlag
}

// Help is shown by --help.
func (*backfillCollectCmd) Help() string {
	return `While the run goes on or after. Each job is there once, with its newest result: a higher revision and a person's review supersede what was. A file gets its name when it is complete; what was written is told at the end. Columns and the page: docs/collect.md.

    mujaz backfill collect archive-2019 --to archive-2019.parquet
    mujaz backfill collect archive-2019 --to archive-2019.html archive.jsonl.zst
    mujaz backfill collect archive-2019 --status flagged --failed-check numbers | jq -r .job_id
    mujaz backfill collect archive-2019 --follow > archive-2019.jsonl`
}

// Run collects.
func (c *backfillCollectCmd) Run(ctx context.Context, p *program) error {
	format, compression, err := c.format()
	if err != nil {
		return err
	}
	if err := queue.ValidateSource(c.Name); err != nil {
		return usagef("`mujaz backfill list` prints the runs.", "run: %w", err)
	}
	if format == "html" && c.Limit == 0 {
		c.Limit = page.MaxCards
	}
	cfg := collect.Config{
		Run: c.Name, FailedCheck: c.FailedCheck, Since: c.Since.Time, Dead: c.Dead, Skip: c.Skip, Limit: c.Limit, Follow: c.Follow,
		Cleaned: format == "html",
	}
	for _, s := range c.Status {
		cfg.Statuses = append(cfg.Statuses, queue.Status(s))
	}
	conn, err := c.NATS.open(ctx, c.Prefix)
	if err != nil {
		return err
	}
	defer conn.Close()
	if c.InOrder && len(c.Input) == 0 {
		run, err := findRun(ctx, conn, c.Name)
		if err != nil {
			return err
		}
		if c.Input = inputsOf(nil, run); len(c.Input) == 0 {
			return usagef("Name the input of the run.", "the record of the run %s names no input", c.Name)
		}
	}
	if len(c.Input) > 0 {
		rows, err := archive.Open(c.Input, archive.Options{Format: c.InputFormat, Fields: c.Field, Stdin: p.in})
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // it was only read
		cfg.Rows = rows
		cfg.BadRow = badRows(p)
	}
	counts, err := c.write(ctx, p, conn, cfg, format, compression)
	if interrupted := errors.Is(context.Cause(ctx), errInterrupted); c.Follow && interrupted {
		err = nil // there may be no other end
	}
	if err != nil {
		return err
	}
	return c.report(p, cfg, counts)
}

// format and compression, by flag or by name.
func (c *backfillCollectCmd) format() (format, compression string, err error) {
	name := strings.ToLower(c.To)
	for _, ending := range []string{".gz", ".zst"} {
		if before, found := strings.CutSuffix(name, ending); found && c.To != "-" {
			name, compression = before, ending
		}
	}
	format = c.Format
	if format == "" {
		format = map[string]string{
			".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet", ".html": "html", ".htm": "html",
		}[filepath.Ext(name)]
	}
	if c.To == "-" {
		format = cmp.Or(format, "jsonl")
	}
	switch {
	case format == "":
		return "", "", usagef("End the name in .jsonl, .csv, .parquet or .html, or add --format.", "--to %s: it is not said in which format", c.To)
	case compression != "" && format != "jsonl" && format != "csv":
		return "", "", usagef("Leave "+compression+" away: Parquet is compressed, and a browser opens no compressed page.", "--to %s: only JSON Lines and CSV can be compressed", c.To)
	case c.Follow && (c.To != "-" || format != "jsonl"):
		return "", "", usagef("Leave --to and --format away and redirect: --follow > FILE.", "--follow prints JSON Lines, as a file gets its name only at the end")
	case c.Follow && (c.InOrder || len(c.Input) > 0):
		return "", "", usagef("Collect in the order of INPUT when the run is done, or leave INPUT and --in-order away.", "--follow prints results as they come, not in the order of INPUT")
	case c.BOM && format != "csv":
		return "", "", usagef("Leave it away.", "--bom is for CSV")
	case c.Limit < 0 || c.Skip < 0:
		return "", "", usagef("Give 0 or more.", "--limit and --skip cannot be negative")
	}
	return format, compression, nil
}

// maxBadRows that are told one by one; a file in the wrong format has only such.
const maxBadRows = 5

func badRows(p *program) func(archive.Place, error) {
	told := 0
	return func(place archive.Place, err error) {
		if told++; told <= maxBadRows {
			fmt.Fprintf(p.err, "%s: %s\n", show.Line(place.String()), show.Clean(err.Error()))
		}
	}
}

// write collects into the file or standard output.
func (c *backfillCollectCmd) write(ctx context.Context, p *program, conn *queue.Conn, cfg collect.Config, format, compression string) (collect.Counts, error) {
	if c.To == "-" {
		return c.writeTo(ctx, p, conn, cfg, format, p.out, "")
	}
	file, err := collect.Create(c.To, c.Overwrite)
	if err != nil {
		return collect.Counts{}, err
	}
	out, err := collect.Compress(file, compression)
	if err != nil {
		return collect.Counts{}, file.Abort(err)
	}
	counts, err := c.writeTo(ctx, p, conn, cfg, format, out, filepath.Dir(c.To))
	if err == nil {
		err = out.Close()
	}
	if err != nil {
		return counts, file.Abort(err)
	}
	return counts, file.Commit()
}

// writeTo collects in a format. Dir takes a page's temporary file; empty is the
// system's folder for such.
func (c *backfillCollectCmd) writeTo(ctx context.Context, p *program, conn *queue.Conn, cfg collect.Config, format string, out io.Writer, dir string) (collect.Counts, error) {
	var counts collect.Counts
	var w collect.Writer
	var err error
	switch format {
	case "csv":
		w, err = collect.NewCSV(out, c.BOM)
	case "parquet":
		w = collect.NewParquet(out)
	case "html":
		var pages *collect.PageWriter
		pages, err = collect.NewPage(out, dir, func() page.Head {
			return page.Head{Run: c.Name, Collected: time.Now(), Software: p.version, Notes: c.notes(cfg, counts)}
		})
		if err == nil {
			defer pages.Discard() //nolint:errcheck // nothing depends on it
		}
		w = pages
	default:
		lines := collect.NewJSONL(out)
		cfg.CaughtUp = lines.Flush
		w = lines
	}
	if err != nil {
		return counts, err
	}
	counts, err = collect.Collect(ctx, conn, cfg, w.Write)
	if err == nil || c.Follow {
		// What was followed until an interruption counts, to its last line.
		err = errors.Join(err, w.Close())
	}
	return counts, err
}

// notes say what is not on a page.
func (c *backfillCollectCmd) notes(cfg collect.Config, counts collect.Counts) []string {
	var notes []string
	add := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	var only []string
	if len(cfg.Statuses) > 0 {
		only = append(only, "with the status "+strings.Join(c.Status, " or "))
	}
	if cfg.FailedCheck != "" {
		only = append(only, "in which the check "+cfg.FailedCheck+" failed")
	}
	if !cfg.Since.IsZero() {
		only = append(only, "stored since "+cfg.Since.UTC().Format("2 Jan 2006 15:04 UTC"))
	}
	if len(only) > 0 {
		add("Only results %s.", strings.Join(only, ", "))
	}
	if counts.More || cfg.Skip > 0 {
		text := fmt.Sprintf("This page begins with result %d of the run", cfg.Skip+1)
		if counts.More {
			text += "; more are on another page"
		}
		add("%s.", text)
	}
	if cfg.Rows != nil && counts.Missing > 0 {
		add("%d rows of the input had no result when this page was made.", counts.Missing)
	}
	if counts.Elsewhere > 0 {
		add("%d results of the run are of no row of the input, and not on this page.", counts.Elsewhere)
	}
	return notes
}

// report tells on standard error what was written, and what was not.
func (c *backfillCollectCmd) report(p *program, cfg collect.Config, counts collect.Counts) error {
	fmt.Fprintln(p.err, counts)
	if cfg.Rows != nil {
		fmt.Fprintf(p.err, "%s of the input", counted(int64(counts.Rows), "row"))
		if counts.Missing > 0 {
			what := "no result so far"
			if !cfg.Dead {
				what += " (dead letters among them: --dead)"
			}
			fmt.Fprintf(p.err, ", %d with %s", counts.Missing, what)
		}
		if counts.Bad > 0 {
			fmt.Fprintf(p.err, ", %d that are no job", counts.Bad)
		}
		if counts.More {
			fmt.Fprint(p.err, ", as far as they were read")
		}
		fmt.Fprintln(p.err)
	}
	if counts.Elsewhere > 0 {
		fmt.Fprintf(p.err, "%d results of the run are of no row of this input: without INPUT all are collected\n", counts.Elsewhere)
	}
	if counts.More {
		fmt.Fprintf(p.err, "there are more: --skip %d for the next, or another --limit\n", c.Skip+counts.Total())
	}
	if counts.Total() == 0 && c.Skip == 0 && !slices.Contains(c.Input, "-") {
		fmt.Fprintf(p.err, "no results of the run %s are like that; `mujaz backfill status %s` tells how far it is\n", c.Name, c.Name)
	}
	return nil
}
