package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"
	"github.com/go-json-experiment/json"

	"github.com/mujaz/mujaz/internal/llm"
)

// byteSize is a number of bytes with its unit: 4GiB, 512MiB, 1000.
type byteSize int64

// units from the largest down; KB and its like are taken as their binary
// neighbours, which is what people mean by them here.
var units = []struct {
	name string
	size byteSize
}{{"TiB", 1 << 40}, {"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

// UnmarshalText reads a size.
func (b *byteSize) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	number := strings.TrimRight(s, "KMGTiBkmgtb ")
	unit := strings.ToUpper(strings.TrimSpace(s[len(number):]))
	factor := byteSize(1)
	if unit != "" && unit != "B" {
		factor = 0
		for _, u := range units {
			if strings.TrimSuffix(strings.Replace(unit, "I", "", 1), "B") == u.name[:1] {
				factor = u.size
			}
		}
	}
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || factor == 0 || !(n >= 0 && n*float64(factor) < math.MaxInt64/2) {
		return fmt.Errorf("must be a size such as 4GiB or 512MiB, not %q", s)
	}
	*b = byteSize(n * float64(factor))
	return nil
}

// String gives the size in the largest unit that divides it.
func (b byteSize) String() string {
	for _, u := range units {
		if b >= u.size && b%u.size == 0 {
			return strconv.FormatInt(int64(b/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

// age is a duration that also knows days: 30d, 36h.
type age time.Duration

// UnmarshalText reads an age.
func (a *age) UnmarshalText(text []byte) error {
	d, err := parseAge(string(text))
	*a = age(d)
	return err
}

// String gives whole days as days.
func (a age) String() string {
	const day = 24 * time.Hour
	if d := time.Duration(a); d < day || d%day != 0 {
		return short(d)
	}
	return strconv.FormatInt(int64(time.Duration(a)/day), 10) + "d"
}

// short is 10m for Go's 10m0s.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func parseAge(s string) (time.Duration, error) {
	s = strings.TrimSpace(s)
	if days, found := strings.CutSuffix(s, "d"); found {
		if n, err := strconv.ParseFloat(days, 64); err == nil && n >= 0 && n < 100*365 {
			return time.Duration(n * 24 * float64(time.Hour)), nil
		}
	} else if d, err := time.ParseDuration(s); err == nil && d >= 0 {
		return d, nil
	}
	return 0, fmt.Errorf("must be a duration such as 90s, 36h or 30d, not %q", s)
}

// moment is a point in time: RFC 3339, a date, or an age that counts back
// from now.
type moment struct{ time.Time }

// UnmarshalText reads a moment.
func (m *moment) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, s, time.Local); err == nil {
			m.Time = t
			return nil
		}
	}
	d, err := parseAge(s)
	if err != nil {
		return fmt.Errorf("must be a time such as 2026-03-01T09:30:00Z, a date, or an age such as 2h or 3d, not %q", s)
	}
	m.Time = time.Now().Add(-d)
	return nil
}

// deadline is like moment, but an age counts forward.
type deadline struct{ time.Time }

// UnmarshalText reads a deadline.
func (d *deadline) UnmarshalText(text []byte) error {
	if ahead, err := parseAge(string(text)); err == nil {
		d.Time = time.Now().Add(ahead).Truncate(time.Second)
		return nil
	}
	var m moment
	if err := m.UnmarshalText(text); err != nil {
		return fmt.Errorf("must be a time such as 2026-03-01T09:30:00Z, or a time from now such as 2h, not %q", strings.TrimSpace(string(text)))
	}
	d.Time = m.Time
	return nil
}

// clock is a time of day that comes next, or a deadline.
type clock struct{ deadline }

// UnmarshalText reads a time of day.
func (c *clock) UnmarshalText(text []byte) error {
	s := strings.TrimSpace(string(text))
	at, err := time.ParseInLocation("15:04", s, time.Local)
	if err != nil {
		if err := c.deadline.UnmarshalText(text); err != nil {
			return fmt.Errorf("must be a time of day such as 06:00, or a time from now such as 2h, not %q", s)
		}
		return nil
	}
	now := time.Now()
	c.Time = time.Date(now.Year(), now.Month(), now.Day(), at.Hour(), at.Minute(), 0, 0, time.Local)
	if !c.After(now) {
		c.Time = c.AddDate(0, 0, 1)
	}
	return nil
}

// share is a number of rows, or a part of all of them: 20, 0.5%.
type share struct {
	rows    int64
	percent float64
	part    bool
}

// UnmarshalText reads a share.
func (s *share) UnmarshalText(text []byte) error {
	in := strings.TrimSpace(string(text))
	if number, part := strings.CutSuffix(in, "%"); part {
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(v >= 0 && v <= 100) {
			return fmt.Errorf("must be a number of rows or a part of them, such as 20 or 0.5%%, not %q", in)
		}
		*s = share{percent: v, part: true}
		return nil
	}
	v, err := strconv.ParseInt(in, 10, 64)
	if err != nil || v < 0 {
		return fmt.Errorf("must be a number of rows or a part of them, such as 20 or 0.5%%, not %q", in)
	}
	*s = share{rows: v}
	return nil
}

// exceeds reports whether n of all are more than the share.
func (s share) exceeds(n, all int64) bool {
	if s.part {
		return float64(n)*100 > s.percent*float64(all)
	}
	return n > s.rows
}

// headers are HTTP headers that may hold keys: their values are never printed,
// not even in an error about them.
type headers map[string]llm.Secret

// Decode is kong's: NAME=VALUE from flags and environment, a map from YAML.
func (h *headers) Decode(ctx *kong.DecodeContext) error {
	token := ctx.Scan.Pop()
	if *h == nil {
		*h = headers{}
	}
	switch v := token.Value.(type) {
	case string:
		for pair := range strings.SplitSeq(v, "\n") {
			name, value, found := strings.Cut(pair, "=")
			if !found {
				return errors.New("must be NAME=VALUE")
			}
			(*h)[strings.TrimSpace(name)] = llm.Secret(value)
		}
	case map[string]any:
		for name, value := range v {
			(*h)[name] = llm.Secret(fmt.Sprint(value))
		}
	default:
		return errors.New("must be NAME=VALUE")
	}
	return nil
}

// jsonObject is a JSON object on the command line, a map in YAML.
type jsonObject map[string]any

// Decode is kong's.
func (o *jsonObject) Decode(ctx *kong.DecodeContext) error {
	switch v := ctx.Scan.Pop().Value.(type) {
	case string:
		if err := json.Unmarshal([]byte(v), (*map[string]any)(o)); err != nil {
			return errors.New(`must be a JSON object such as {"top_k":20}`)
		}
	case map[string]any:
		*o = v
	default:
		return errors.New(`must be a JSON object such as {"top_k":20}`)
	}
	return nil
}
