package archive

import (
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	t.Parallel()
	utc := func(year int, month time.Month, day, hour, minute int) time.Time {
		return time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
	}
	half := utc(2026, 3, 1, 9, 30)
	tests := []struct {
		in   string
		want time.Time // zero: an error
	}{
		{"2026-03-01T09:30:00Z", half},
		{"2026-03-01T12:30:00+03:00", half},
		{"2026-03-01T12:30:00+0300", half},
		{"2026-03-01T09:30:00.000Z", half},
		{"2026-03-01T09:30:00", half},
		{"2026-03-01T09:30", half},
		{"2026-03-01 09:30:00", half},
		{"2026-03-01 09:30", half},
		{"2026-03-01 12:30:00+03", half},
		{"2026-03-01", utc(2026, 3, 1, 0, 0)},
		{"2026/03/01", utc(2026, 3, 1, 0, 0)},
		{"Sun, 01 Mar 2026 09:30:00 GMT", half},
		{"Sun, 01 Mar 2026 12:30:00 +0300", half},
		{"Sun, 1 Mar 2026 12:30:00 +0300", half},
		{"1 March 2026", utc(2026, 3, 1, 0, 0)},
		{"March 1, 2026", utc(2026, 3, 1, 0, 0)},
		{"1 Mar 2026 09:30", half},
		{"1772357400", half},
		{"1772357400.0", half},
		{"1.7723574e+09", half},
		{"1772357400000", half},
		{"1772357400000000", half},
		{"1772357400000000000", half},
		{"20260301", utc(2026, 3, 1, 0, 0)},
		{"٢٠٢٦-٠٣-٠١", utc(2026, 3, 1, 0, 0)},
		{"۲۰۲۶-۰۳-۰۱", utc(2026, 3, 1, 0, 0)},
		{" 2026-03-01 ", utc(2026, 3, 1, 0, 0)},
		{"25/03/2026", utc(2026, 3, 25, 0, 0)},
		{"03/25/2026", utc(2026, 3, 25, 0, 0)},
		{"03/03/2026", utc(2026, 3, 3, 0, 0)},
		{in: "03/04/2026"},
		{in: "03/04/2026 09:30"},
		{in: "yesterday"},
		{in: ""},
		{in: "0"},
		{in: "-1"},
		{in: "2026"},
		{in: "NaN"},
		{in: "1e300"},
		{in: "0001-01-01T00:00:00Z"},
		{in: "9999-01-01T00:00:00Z"},
		{in: "2026-13-01"},
		{in: "2026-02-30"},
		{in: "الأحد"},
		{in: string(make([]byte, 1000))},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			t.Parallel()
			got, err := parseDate(tt.in)
			if (err != nil) != tt.want.IsZero() || !got.Equal(tt.want) {
				t.Errorf("parseDate(%q) = %v, %v; want %v", tt.in, got, err, tt.want)
			}
		})
	}
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2026-03-01T09:30:00Z", "Sun, 01 Mar 2026 09:30:00 GMT", "1 March 2026", "1772357400", "25/03/2026"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, err := parseDate(s)
		if err == nil && !inYears(at) {
			t.Errorf("parseDate(%q) = %v", s, at)
		}
		if _, err := at.MarshalJSON(); err != nil {
			t.Errorf("parseDate(%q): %v", s, err)
		}
	})
}
