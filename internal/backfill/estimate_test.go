package backfill_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/llm"
	"github.com/mujaz/mujaz/internal/llmtest"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// price is that of a small hosted model: an output token costs four input tokens.
var price = worker.Price{Input: 0.15, Output: 0.60, Currency: "USD"}

// trial is a set of articles and what is made of it.
type trial struct {
	name    string
	file    string // JSON Lines
	task    queue.Task
	english map[string]string
}

// outcome of a trial.
type outcome struct {
	blind, sampled backfill.Estimate
	cost           float64
	in, out        int
	articles       int64
	repaired       float64
}

func inside(v float64, s backfill.Span) bool { return v >= s.Low && v <= s.High }

// run plans with and without a sample, and then has a worker do all of it.
func (c trial) run(t *testing.T, seed uint64, sample int) outcome {
	t.Helper()
	ways := counting()
	way := ways[int(seed)%len(ways)]
	a := newAuthor(seed, way.count, c.english)
	endpoint := llmtest.Start(t, llmtest.Script{Choose: a.choose, Model: way.model})
	client, err := llm.New(llm.Config{BaseURL: endpoint.URL(), Model: way.model, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	defer endpoint.Close()
	library, err := prompts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	plan := func(sample int) *backfill.Survey {
		reader, err := archive.Open([]string{c.file}, archive.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer reader.Close()
		survey, err := backfill.Plan(t.Context(), reader, backfill.PlanConfig{
			Recipe: backfill.Recipe{Task: c.task}, Model: way.model, Sample: sample, Seed: seed,
			Foresight: worker.Foresight{Prompts: library, Context: 128_000},
		})
		if err != nil {
			t.Fatal(err)
		}
		if sum := survey.Bad + survey.Dead + survey.SkippedSum() + survey.Duplicates.Sum() + survey.Articles; sum != survey.Rows {
			t.Errorf("%s: %d rows, the counts' sum is %d", c.name, survey.Rows, sum)
		}
		return survey
	}
	send := func(jobs []backfill.Drawn) []backfill.Measured {
		measured, err := backfill.RunSample(t.Context(), backfill.SampleConfig{
			Worker: worker.Config{
				LLM: client, Prompts: library, Model: way.model, Slots: 8, Price: &price, Context: 128_000, Name: "estimates", Version: "test",
			},
			Timeout: time.Minute,
		}, jobs)
		if err != nil {
			t.Error(err)
		}
		return measured
	}
	survey := plan(sample)
	terms := backfill.Terms{Price: &price, Slots: 8}
	o := outcome{blind: survey.Estimate(terms)}
	if o.sampled, err = survey.EstimateFrom(send(survey.Sample()), terms); err != nil {
		t.Fatal(err)
	}
	_, in, out := a.used()
	all := plan(1 << 20).Sample()
	if int64(len(all)) != survey.Articles {
		t.Fatalf("%s: %d of %d articles drawn", c.name, len(all), survey.Articles)
	}
	for _, m := range send(all) {
		if m.Repairs.Calls > 0 {
			o.repaired += 1 / float64(len(all))
		}
	}
	o.articles = survey.Articles
	_, o.in, o.out = a.used()
	o.in, o.out = o.in-in, o.out-out
	o.cost = (float64(o.in)*price.Input + float64(o.out)*price.Output) / 1e6
	return o
}

// TestEstimates is part of `make backfill-estimates`: see docs/estimates.md.
func TestEstimates(t *testing.T) {
	root := os.Getenv("MUJAZ_CORPORA")
	if root == "" {
		t.Skip("MUJAZ_CORPORA is not set: the estimates are held against articles of the corpora, which are not part of the repository")
	}
	seeds, sample := 3, 30
	if n, err := strconv.Atoi(os.Getenv("MUJAZ_ESTIMATE_SEEDS")); err == nil {
		seeds = n
	}
	table := &strings.Builder{}
	w := tabwriter.NewWriter(table, 0, 8, 2, ' ', 0)
	fmt.Fprintln(w, "SET\tTASK\tARTICLES\tWITHOUT A SAMPLE\tRATIO\tINSIDE\tWITH A SAMPLE\tRATIO\tINSIDE\tACTUAL (ONE SEED)\tREPAIRED\t")
	all := trials(t, root)
	outcomes := make([]outcome, len(all)*seeds)
	// They wait for the queue and the endpoint more than they compute.
	var group errgroup.Group
	group.SetLimit(8)
	for i := range outcomes {
		group.Go(func() error {
			outcomes[i] = all[i/seeds].run(t, uint64(i%seeds), sample)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	var total [2][3]int // blind or sampled; cost, in, out
	for n, c := range all {
		var hits [2]int
		var ratios [2]float64
		for seed, o := range outcomes[n*seeds : (n+1)*seeds] {
			for i, e := range []backfill.Estimate{o.blind, o.sampled} {
				for k, in := range []bool{inside(o.cost, *e.Cost), inside(float64(o.in), e.TokensIn), inside(float64(o.out), e.TokensOut)} {
					if in {
						total[i][k]++
					} else {
						t.Logf("%s %s, seed %d: quantity %d of %d outside: cost %.4f in %+v, in %d in %+v, out %d in %+v, repaired %.0f %%", c.name, c.task, seed, k, i, o.cost, *e.Cost, o.in, e.TokensIn, o.out, e.TokensOut, 100*o.repaired)
					}
				}
				if inside(o.cost, *e.Cost) {
					hits[i]++
				}
				ratios[i] += e.Cost.High / e.Cost.Low / float64(seeds)
				if o.cost > *e.AtMost.Cost {
					t.Errorf("%s %s, seed %d: %.4f spent, at most %.4f foreseen", c.name, c.task, seed, o.cost, *e.AtMost.Cost)
				}
			}
		}
		last := outcomes[(n+1)*seeds-1]
		fmt.Fprintf(w, "%s\t%s\t%d\t%.4f–%.4f\t%.2f\t%d/%d\t%.4f–%.4f\t%.2f\t%d/%d\t%.4f\t%.0f %%\t\n", c.name, c.task, last.articles,
			last.blind.Cost.Low, last.blind.Cost.High, ratios[0], hits[0], seeds, last.sampled.Cost.Low, last.sampled.Cost.High, ratios[1], hits[1], seeds, last.cost, 100*last.repaired)
	}
	runs := len(outcomes)
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	t.Logf("cost in USD; %d seeds, samples of %d\n%s", seeds, sample, table)
	for i, name := range []string{"without a sample", "with a sample"} {
		t.Logf("%s: cost inside %d of %d, tokens in %d, tokens out %d", name, total[i][0], runs, total[i][1], total[i][2])
		for k, what := range []string{"cost", "tokens in", "tokens out"} {
			if share := float64(total[i][k]) / float64(runs); share < 0.95 {
				t.Errorf("%s: %s inside the range in %.0f %% of the runs, want 95 %%", name, what, 100*share)
			}
		}
	}
}

// trials are the sets of the corpora, and one of all languages.
func trials(t *testing.T, root string) []trial {
	t.Helper()
	dir := t.TempDir()
	type doc struct {
		ID, Lang, Title, Text string
		English               string `json:"reference_en_id"`
	}
	byLanguage := map[string][]doc{}
	for _, name := range []string{"ntrex_parallel_news/en.share.jsonl", "ntrex_parallel_news/ar.share.jsonl", "ntrex_parallel_news/other_langs.share.jsonl", "ant_arabic_news/share.jsonl"} {
		f, err := os.Open(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 8<<20)
		for lines.Scan() {
			var d doc
			if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
				t.Fatal(err)
			}
			set := d.Lang
			if strings.HasPrefix(name, "ant") {
				set = "ant"
			}
			byLanguage[set] = append(byLanguage[set], d)
		}
		f.Close()
	}
	write := func(name string, docs ...doc) string {
		file := filepath.Join(dir, name+".jsonl")
		f, err := os.Create(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		out := json.NewEncoder(f)
		for _, d := range docs {
			if err := out.Encode(map[string]string{"id": d.ID, "title": d.Title, "text": d.Text}); err != nil {
				t.Fatal(err)
			}
		}
		return file
	}
	originals := map[string]doc{}
	for _, d := range byLanguage["en"] {
		originals[d.ID] = d
	}
	var everything []doc
	var found []trial
	for _, set := range []string{"ant", "ar", "fa", "ur", "he", "hi", "ru", "tr", "de", "fr", "zh"} {
		docs := byLanguage[set]
		if len(docs) < 50 {
			t.Fatalf("%s: only %d documents", set, len(docs))
		}
		everything = append(everything, docs...)
		file := write(set, docs...)
		if set == "ant" {
			// It has no translations, and invented ones fail every check.
			found = append(found, trial{"ant_arabic_news", file, queue.TaskSummarize, nil})
			continue
		}
		english := map[string]string{}
		for _, d := range docs {
			theirs := strings.Split(originals[d.English].Text, "\n")
			for i, line := range strings.Split(d.Text, "\n") {
				if i < len(theirs) {
					english[strings.TrimSpace(line)] = theirs[i]
				}
			}
		}
		found = append(found, trial{"ntrex " + set, file, queue.TaskSummarize, nil}, trial{"ntrex " + set, file, queue.TaskTranslate, english})
	}
	return append(found, trial{"all together", write("all", everything...), queue.TaskSummarize, nil})
}
