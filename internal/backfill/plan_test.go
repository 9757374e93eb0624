package backfill_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/mujaz/mujaz/internal/archive"
	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/internal/near"
	"github.com/mujaz/mujaz/prompts"
	"github.com/mujaz/mujaz/queue"
	"github.com/mujaz/mujaz/worker"
)

// tale invents an article.
func tale(i int) string {
	return fmt.Sprintf("أعلنت بلدية مرسى الريحان افتتاح الحديقة رقم %d على الواجهة البحرية بعد أعمال استمرت تسعة أشهر. "+
		"وقالت رئيسة البلدية ليان الصفدي إن الزوار سيدخلون مجانا طوال أيام الأسبوع، وإن %d متطوعا سيرعون الأشجار.", i, 40+i)
}

// planOf plans rows of JSON Lines.
func planOf(t *testing.T, in io.Reader, cfg backfill.PlanConfig) (*backfill.Survey, error) {
	t.Helper()
	library, err := prompts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Foresight.Prompts = library
	reader, err := archive.Open([]string{"-"}, archive.Options{Format: archive.FormatJSONL, Stdin: in})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	return backfill.Plan(t.Context(), reader, cfg)
}

func jsonRow(id, text string) string { return fmt.Sprintf("{\"id\":%q,\"text\":%q}\n", id, text) }

const english = "The council of the town met on the quay and approved a plan for the gardens, which will be open to everyone through the summer."

func TestPlanCounts(t *testing.T) {
	t.Parallel()
	long := tale(2)
	for i := range 5 {
		long += "\n" + tale(10+i)
	}
	rows := jsonRow("a", tale(1)) + jsonRow("b", long) +
		jsonRow("a", tale(1)) + // the same once more
		jsonRow("a", tale(3)) + // another under its id: no job
		jsonRow("c", long) + // b under another id
		jsonRow("d", "خبر") + jsonRow("e", english) + "{broken\n" + jsonRow("f", "") +
		jsonRow("g", strings.Repeat("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ", 200)) + jsonRow("h", long[:strings.LastIndex(long, "\n")]) // b without its last paragraph
	var bad []string
	s, err := planOf(t, strings.NewReader(rows), backfill.PlanConfig{
		Recipe: backfill.Recipe{Task: queue.TaskTranslate},
		Near:   near.New(near.Config{}),
		OnBad: func(i backfill.Item) error {
			bad = append(bad, fmt.Sprintf("%d %s", i.Number, i.Place))
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := &backfill.Survey{
		Rows: 11, Bad: 3, Dead: 1, Skipped: map[string]int64{"stub": 1, "already_english": 1},
		Duplicates: backfill.Duplicates{SameID: 1, SameContent: 1}, Articles: 3, Languages: map[string]int64{"ar": 3}, Near: 1, NearSought: true,
	}
	if diff := cmp.Diff(want, s, cmpopts.IgnoreUnexported(backfill.Survey{}), cmpopts.IgnoreFields(backfill.Survey{}, "BadPlaces", "DeadPlaces")); diff != "" {
		t.Errorf("survey (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"4 -:4", "8 -:8", "9 -:9", "10 -:10"}, bad); diff != "" {
		t.Errorf("bad rows (-want +got):\n%s", diff)
	}
	if len(s.BadPlaces) != 3 || len(s.DeadPlaces) != 1 || !strings.Contains(s.DeadPlaces[0].Cause, "dead letter") {
		t.Errorf("bad places %v, dead places %v", s.BadPlaces, s.DeadPlaces)
	}
}

func TestPlanEstimates(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 20 {
		rows.WriteString(jsonRow(fmt.Sprint(i), tale(i)))
	}
	for model, exact := range map[string]bool{"gpt-4o": true, "house-model": false} {
		s, err := planOf(t, strings.NewReader(rows.String()), backfill.PlanConfig{Model: model})
		if err != nil {
			t.Fatal(err)
		}
		if s.Exact() != exact {
			t.Errorf("%s: exact is %v", model, s.Exact())
		}
		e := s.Estimate(backfill.Terms{Price: &price, Slots: 2, RequestsPerMinute: 1, SecondsPerCall: 3})
		for what, span := range map[string]backfill.Span{"calls": e.Calls, "in": e.TokensIn, "out": e.TokensOut, "cost": *e.Cost, "seconds": e.Seconds} {
			if span.Low <= 0 || span.Low > span.Likely || span.Likely > span.High || span.High > 4*span.Low {
				t.Errorf("%s: %s is %+v", model, what, span)
			}
		}
		if e.AtMost.Calls < e.Calls.High || e.AtMost.TokensIn < e.TokensIn.High || e.AtMost.TokensOut < e.TokensOut.High || *e.AtMost.Cost < e.Cost.High {
			t.Errorf("%s: at most %+v, likely %+v", model, e.AtMost, e)
		}
		// 20 calls at one a minute.
		if e.Pace.Bound != "requests" || e.Seconds.Low != 20*60 {
			t.Errorf("%s: %+v, %+v", model, e.Pace, e.Seconds)
		}
		if wide, narrow := e.TokensIn.High/e.TokensIn.Low, 1.7; exact && wide > narrow {
			t.Errorf("the tokenizer is known, and the range of tokens in is %.2f", wide)
		}
	}
}

// TestPlanDraws: the same seed draws the same articles, whatever the scheduler
// does; another one others; and long ones are drawn more often.
func TestPlanDraws(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 200 {
		text := tale(i)
		if i%10 == 0 {
			for k := range 40 {
				text += "\n" + tale(1000*i+k)
			}
		}
		rows.WriteString(jsonRow(fmt.Sprint(i), text))
	}
	draw := func(seed uint64) (numbers []int64) {
		s, err := planOf(t, strings.NewReader(rows.String()), backfill.PlanConfig{Sample: 20, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range s.Sample() {
			numbers = append(numbers, d.Number)
		}
		return numbers
	}
	first := draw(1)
	if diff := cmp.Diff(first, draw(1)); diff != "" || len(first) != 20 {
		t.Errorf("two draws by one seed differ:\n%s", diff)
	}
	if cmp.Equal(first, draw(2)) {
		t.Error("another seed draws the same")
	}
	long := 0
	for seed := range uint64(20) {
		for _, n := range draw(seed) {
			if (n-1)%10 == 0 {
				long++
			}
		}
	}
	if share := float64(long) / 400; share < 0.15 {
		t.Errorf("%.0f %% of the drawn are long; a tenth of all are, each of several times the size", 100*share)
	}
}

// broken ends in the middle.
type broken struct{ r io.Reader }

func (b *broken) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if errors.Is(err, io.EOF) {
		err = errors.New("the disk has gone")
	}
	return n, err
}

func TestPlanIsPartial(t *testing.T) {
	t.Parallel()
	s, err := planOf(t, &broken{strings.NewReader(jsonRow("a", tale(1)) + jsonRow("b", tale(2)))}, backfill.PlanConfig{})
	if err == nil || !s.Partial || s.Rows != 2 {
		t.Errorf("an input that breaks off: %v, %+v", err, s)
	}
	full := errors.New("disk full")
	s, err = planOf(t, bytes.NewReader(bytes.Repeat([]byte("{\n"), 500)), backfill.PlanConfig{OnBad: func(backfill.Item) error { return full }})
	if !errors.Is(err, full) || !s.Partial {
		t.Errorf("a failures file that cannot be written: %v, %+v", err, s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	library, err := prompts.Load("")
	if err != nil {
		t.Fatal(err)
	}
	reader, err := archive.Open([]string{"-"}, archive.Options{Format: archive.FormatJSONL, Stdin: strings.NewReader(strings.Repeat(jsonRow("a", tale(1)), 2000))})
	if err != nil {
		t.Fatal(err)
	}
	s, err = backfill.Plan(ctx, reader, backfill.PlanConfig{
		Foresight: worker.Foresight{Prompts: library}, Progress: func(backfill.PlanProgress) { cancel() },
	})
	if !errors.Is(err, context.Canceled) || !s.Partial || s.Rows == 0 || s.Rows == 2000 {
		t.Errorf("an interrupted plan: %v, %d rows", err, s.Rows)
	}
}

// TestEstimateFromSample: a sample of all leaves nothing to guess, a part of it
// a range, and too small a one is refused.
func TestEstimateFromSample(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	for i := range 60 {
		rows.WriteString(jsonRow(fmt.Sprint(i), tale(i)))
	}
	measure := func(sample int) (*backfill.Survey, []backfill.Measured) {
		s, err := planOf(t, strings.NewReader(rows.String()), backfill.PlanConfig{Sample: sample, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		var measured []backfill.Measured
		for _, d := range s.Sample() {
			n := int(d.Number)
			m := backfill.Measured{Drawn: d, First: backfill.Paid{Calls: 1, In: 1000 + n, Out: 300 + 7*(n%11)}, Seconds: 2}
			if n%12 == 0 {
				m.Repairs = backfill.Paid{Calls: 1, In: 1500, Out: 300}
			}
			measured = append(measured, m)
		}
		return s, measured
	}
	s, all := measure(60)
	sum := backfill.SampleSums(all)
	e, err := s.EstimateFrom(all, backfill.Terms{Slots: 2})
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		span backfill.Span
		want int
	}{"calls": {e.Calls, sum.Calls}, "in": {e.TokensIn, sum.TokensIn}, "out": {e.TokensOut, sum.TokensOut}, "seconds": {e.Seconds, 60}} {
		if int(c.span.Low+0.5) != c.want || int(c.span.High+0.5) != c.want {
			t.Errorf("%s of all: %+v, used were %d", what, c.span, c.want)
		}
	}
	s, some := measure(20)
	if e, err = s.EstimateFrom(some, backfill.Terms{Slots: 2}); err != nil {
		t.Fatal(err)
	}
	if e.TokensIn.Low >= float64(sum.TokensIn) || e.TokensIn.High <= float64(sum.TokensIn) || e.TokensIn.High > 1.5*e.TokensIn.Low {
		t.Errorf("from 20 of 60: tokens in %+v, used were %d", e.TokensIn, sum.TokensIn)
	}
	if _, err := s.EstimateFrom(some[:4], backfill.Terms{}); err == nil {
		t.Error("a sample of four is taken")
	}
}
