package eval

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWilson(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		hits, n   int
		low, high float64
	}{
		// Newcombe (1998), table I, method 3.
		{81, 263, 0.2553, 0.3662},
		{15, 148, 0.0624, 0.1605},
		{0, 20, 0, 0.1611},
		{1, 29, 0.0061, 0.1718},
		{29, 29, 0.8830, 1},
		{0, 0, 0, 1},
	} {
		t.Run(fmt.Sprintf("%d of %d", tc.hits, tc.n), func(t *testing.T) {
			t.Parallel()
			low, high := Wilson(tc.hits, tc.n)
			if math.Abs(low-tc.low) > 5e-5 || math.Abs(high-tc.high) > 5e-5 {
				t.Errorf("got %.4f to %.4f, want %.4f to %.4f", low, high, tc.low, tc.high)
			}
		})
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	table := Table{
		share("a", "news", "caught", 97, 100).atLeast(0.97).note("x | y"),
		share("b", "news", "false", 4, 100).atMost(0.03),
		share("c", "news", "counted", 1, 4).note("of").parts([]Part{{"month", 1, 2}, {"names", 3, 0}}),
		share("d", "absent", "caught", 0, 0).atLeast(0.9),
		share("e", "none wrong", "wrong", 0, 50).atMost(0),
		{Key: "f", On: "sample", Figure: "time", Of: 10, Value: 371.44, Unit: "µs"},
	}
	want := `| on | figure | count | value | 95 % | target | met |  |
|---|---|---|---|---|---|---|---|
| news | caught | 97/100 | 97.0 % | 91.5–99.0 | ≥ 97 % | yes | x \| y |
| news | false | 4/100 | 4.0 % | 1.6–9.8 | ≤ 3 % | no |  |
| news | counted | 1/4 | 25.0 % | 4.6–69.9 |  |  | of: month 1/2, names 3 |
| absent | caught |  | no data |  | ≥ 90 % | ? |  |
| none wrong | wrong | 0/50 | 0.0 % | 0.0–7.1 | ≤ 0 % | yes |  |
| sample | time | 10 | 371.4 µs |  |  |  |  |
`
	if diff := cmp.Diff(want, table.Markdown()); diff != "" {
		t.Errorf("table (-want +got):\n%s", diff)
	}
	var text strings.Builder
	if err := table.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(text.String(), "\n"); got != len(table)+1 {
		t.Errorf("the text has %d lines, want %d:\n%s", got, len(table)+1, text.String())
	}
	if table.Row("b").Met() || !table.Row("a").Met() || table.Row("d").Met() || table.Row("none").Key != "" {
		t.Error("the rows are met or found wrongly")
	}
}

func TestSplice(t *testing.T) {
	t.Parallel()
	got, err := Splice("a\n<!-- eval -->\nold\n<!-- /eval -->\nb\n", "new\n")
	if want := "a\n<!-- eval -->\nnew\n<!-- /eval -->\nb\n"; err != nil || got != want {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := Splice("no markers\n", "new\n"); err == nil {
		t.Error("a page without markers is accepted")
	}
}
