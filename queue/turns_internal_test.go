package queue

import (
	"fmt"
	"slices"
	"testing"
)

// serve gives n slots, one by one, to the sources of a queue and returns what each
// got. Every source always has another job; the queue's own order is order.
func serve(t *turns, n int, order func(i int) string) map[string]int {
	got := map[string]int{}
	for i := range n {
		source, found := t.source(0)
		if found {
			t.took(source)
		} else {
			source = order(i)
			t.gave(source, uint64(i+1))
		}
		got[source]++
	}
	return got
}

func always(source string) func(int) string { return func(int) string { return source } }

func TestTurns(t *testing.T) {
	t.Parallel()
	t.Run("a flood and two others share", func(t *testing.T) {
		t.Parallel()
		var q turns
		serve(&q, 100, always("flood"))
		q.look([]string{"a", "b", "flood"}, 100)
		if got := serve(&q, 300, always("flood")); got["a"] < 98 || got["b"] < 98 || got["flood"] < 98 {
			t.Error(got)
		}
	})
	t.Run("who is new has its turn at once, and no more than its share", func(t *testing.T) {
		t.Parallel()
		var q turns
		serve(&q, 1, always("flood"))
		q.look([]string{"a", "flood"}, 1)
		serve(&q, 500, always("flood"))
		q.look([]string{"a", "b", "flood"}, 250)
		if got := serve(&q, 3, always("flood")); got["b"] == 0 {
			t.Error(got)
		}
		if got := serve(&q, 300, always("flood")); got["b"] > 100+headStart {
			t.Error(got)
		}
	})
	t.Run("nobody saves turns up", func(t *testing.T) {
		t.Parallel()
		var q turns
		serve(&q, 1, always("flood"))
		q.look([]string{"a", "b", "flood"}, 1)
		q.spent["a"] = true // its jobs are all in hand
		serve(&q, 1000, always("flood"))
		q.look([]string{"a", "b", "flood"}, 500)
		if got := serve(&q, 300, always("flood")); got["a"] > 100+headStart {
			t.Error(got)
		}
	})
	t.Run("a mixed queue is followed", func(t *testing.T) {
		t.Parallel()
		var q turns
		names := []string{"a", "b", "c"}
		q.gave("a", 1)
		q.look(names, 1)
		serve(&q, 3*headStart, always("a")) // the turns of who is new
		for i := range 300 {
			if source, found := q.source(0); found {
				q.took(source)
				continue
			}
			q.gave(names[i%3], uint64(i+2))
		}
		if most, least := slices.Max([]int{q.served["a"], q.served["b"], q.served["c"]}), min(q.served["a"], q.served["b"], q.served["c"]); most-least > headStart+1 {
			t.Error(q.served)
		}
	})
	t.Run("a head that is not listed starves nobody", func(t *testing.T) {
		t.Parallel()
		var q turns
		serve(&q, 1, always("flood"))
		q.look([]string{"a", "flood"}, 1)
		serve(&q, 1000, always("flood"))
		if got := serve(&q, 100, always("odd")); got["a"] < 30 {
			t.Error(got)
		}
	})
	t.Run("one source, or too many", func(t *testing.T) {
		t.Parallel()
		many := make([]string, maxSources+1)
		for i := range many {
			many[i] = fmt.Sprint(i)
		}
		for _, waiting := range [][]string{nil, {"a"}, many} {
			var q turns
			q.gave("flood", 1)
			q.look(waiting, 1)
			if source, found := q.source(1000); found {
				t.Errorf("%d sources: the turn is %q's", len(waiting), source)
			}
		}
	})
	t.Run("what the queue has given is not looked for", func(t *testing.T) {
		t.Parallel()
		var q turns
		q.gave("flood", 7)
		q.look([]string{"a", "flood"}, 20)
		q.gave("flood", 30)
		if from := q.from("a"); from != 31 {
			t.Errorf("from %d", from)
		}
	})
}
