package backfill_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/mujaz/mujaz/internal/backfill"
	"github.com/mujaz/mujaz/queue"
)

func TestParseWhere(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"status=flagged": "", "prompt!=news-brief@2": "", "stored<2026-03-01": "", "published>2026-03-01T09:30:00Z": "",
		"check = numbers": "", "nonsense": "must be FIELD=VALUE", "colour=red": "there is no field colour", "status<ok": "is no date",
		"stored=2026-03-01": "compared by < or >", "stored<yesterday": "must be written as", "prompt!news": "must be FIELD=VALUE", "=x": "must be FIELD=VALUE",
	} {
		_, err := backfill.ParseWhere([]string{text})
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}

// TestRedo: what fits is done again by new calls, and supersedes; the rest stays.
func TestRedo(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.work(t)
	input := file(t, rows(12)...)
	if _, err := backfill.Run(t.Context(), p.config(input)); err != nil {
		t.Fatal(err)
	}
	billed := p.llm.Ledger().Billed
	redo := func(conditions ...string) backfill.Progress {
		t.Helper()
		where, err := backfill.ParseWhere(conditions)
		if err != nil {
			t.Fatal(err)
		}
		cfg := p.config(input)
		cfg.Recipe.Options.Style = queue.StyleBrief
		if cfg.Redo, err = cfg.Select(t.Context(), where); err != nil {
			t.Fatal(err)
		}
		if cfg.Redo.Matched > 0 && cfg.Redo.Spent.Cost == 0 {
			t.Error("the selection says nothing of what it has cost")
		}
		got, err := backfill.Run(t.Context(), cfg)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := redo("id=pier-3", "status!=skipped"); got.Sent != 1 {
		t.Errorf("one is named: %d sent", got.Sent)
	}
	if got := redo("id=nobody"); got.Sent != 0 {
		t.Errorf("none fits: %d sent", got.Sent)
	}
	if now := p.llm.Ledger().Billed; now <= billed || now > billed+2 {
		t.Errorf("%d calls before, %d after one was done again", billed, now)
	}
	if got := redo(); got.Sent != 12 {
		t.Errorf("all fit: %d sent", got.Sent)
	}
	revisions := map[string]int{}
	err := p.conn.Results(t.Context(), queue.ResultFilter{Source: "harbour", Newest: true}, func(r queue.StoredResult) error {
		revisions[r.Result.JobID] = r.Result.Revision
		return nil
	})
	if err != nil || revisions["pier-3"] != 3 || revisions["pier-4"] != 2 || len(revisions) != 12 {
		t.Errorf("revisions %v, %v", revisions, err)
	}
	if a := p.reconcile(t, input); a.Counts.Sum() != 12 || a.Jobs != 12 {
		t.Errorf("account: %+v", a)
	}
}

// TestRedoGoesOn: one that was stopped does not do again what it has done.
func TestRedoGoesOn(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.work(t)
	input := file(t, rows(20)...)
	if _, err := backfill.Run(t.Context(), p.config(input)); err != nil {
		t.Fatal(err)
	}
	turn := func(limit int64) (backfill.Progress, *backfill.Selection) {
		t.Helper()
		cfg := p.config(input)
		cfg.Limit = limit
		var err error
		if cfg.Redo, err = cfg.Select(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		got, err := backfill.Run(t.Context(), cfg)
		if err != nil && limit == 0 {
			t.Fatal(err)
		}
		return got, cfg.Redo
	}
	if got, s := turn(8); got.Sent != 8 || s.Matched != 20 || s.Unfinished {
		t.Errorf("first turn: %d sent of %+v", got.Sent, s)
	}
	if got, s := turn(0); got.Sent > 12 || !s.Unfinished {
		t.Errorf("second turn: %d sent of %+v", got.Sent, s)
	}
	var revisions []int
	err := p.conn.Results(t.Context(), queue.ResultFilter{Source: "harbour", Newest: true}, func(r queue.StoredResult) error {
		revisions = append(revisions, r.Result.Revision)
		return nil
	})
	if slices.Sort(revisions); err != nil || len(revisions) != 20 || revisions[0] != 2 || revisions[19] != 2 {
		t.Errorf("revisions %v, %v", revisions, err)
	}
	if _, s := turn(0); s.Unfinished || s.Matched != 20 {
		t.Errorf("the next redo: %+v", s)
	}
}
