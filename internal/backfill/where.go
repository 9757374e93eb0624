package backfill

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/mujaz/mujaz/queue"
)

// Where selects results: all conditions must hold.
type Where []Condition

// Condition is a comparison of a result's field.
type Condition struct {
	Field, Op, Value string
	at               time.Time // of a date
}

// String is the condition as it is written.
func (c Condition) String() string { return c.Field + c.Op + c.Value }

// fields that conditions know, and what they are of a result.
var fields = map[string]func(queue.StoredResult) []string{
	"status":   func(r queue.StoredResult) []string { return []string{string(r.Result.Status)} },
	"check":    failedChecks,
	"prompt":   func(r queue.StoredResult) []string { return []string{r.Result.Receipt.Prompt} },
	"model":    func(r queue.StoredResult) []string { return []string{r.Result.Receipt.Model} },
	"endpoint": func(r queue.StoredResult) []string { return []string{r.Result.Receipt.Endpoint} },
	"software": func(r queue.StoredResult) []string { return []string{r.Result.Receipt.Software} },
	"language": func(r queue.StoredResult) []string { return []string{r.Result.Language} },
	"source":   func(r queue.StoredResult) []string { return []string{r.Result.Article.Source} },
	"id":       func(r queue.StoredResult) []string { return []string{r.Result.JobID} },
	"reviewed": func(r queue.StoredResult) []string { return []string{yesNo(r.Result.Reviewed != nil)} },
}

// dates that conditions know.
var dates = map[string]func(queue.StoredResult) time.Time{
	"stored":    func(r queue.StoredResult) time.Time { return r.Stored },
	"published": func(r queue.StoredResult) time.Time { return r.Result.Article.PublishedAt },
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func failedChecks(r queue.StoredResult) []string {
	var failed []string
	for _, c := range r.Result.Checks {
		if c.Verdict == queue.VerdictFail {
			failed = append(failed, c.Check)
		}
	}
	return failed
}

// Fields that a condition can name, for help.
func Fields() []string {
	var names []string
	for name := range fields {
		names = append(names, name)
	}
	for name := range dates {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// ParseWhere reads conditions such as status=flagged, check=numbers,
// prompt!=news-brief@2 and stored<2026-03-01. The error says what can be written.
func ParseWhere(conditions []string) (Where, error) {
	var where Where
	for _, text := range conditions {
		i := strings.IndexAny(text, "=!<>")
		if i <= 0 {
			return nil, fmt.Errorf("%q: must be FIELD=VALUE, FIELD!=VALUE, or a date FIELD<DATE or FIELD>DATE", text)
		}
		c := Condition{Field: strings.TrimSpace(text[:i]), Op: text[i : i+1], Value: text[i+1:]}
		if c.Op == "!" {
			c.Op = "!="
			rest, found := strings.CutPrefix(c.Value, "=")
			if !found {
				return nil, fmt.Errorf("%q: must be FIELD=VALUE, FIELD!=VALUE, or a date FIELD<DATE or FIELD>DATE", text)
			}
			c.Value = rest
		}
		c.Value = strings.TrimSpace(c.Value)
		if err := c.check(); err != nil {
			return nil, err
		}
		where = append(where, c)
	}
	return where, nil
}

func (c *Condition) check() error {
	if _, known := fields[c.Field]; known {
		if c.Op == "<" || c.Op == ">" {
			return fmt.Errorf("%q: %s is no date; use = or !=", c.String(), c.Field)
		}
		return nil
	}
	if _, known := dates[c.Field]; !known {
		return fmt.Errorf("%q: there is no field %s; there are: %s", c.String(), c.Field, strings.Join(Fields(), ", "))
	}
	if c.Op != "<" && c.Op != ">" {
		return fmt.Errorf("%q: a date is compared by < or >", c.String())
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, c.Value, time.Local); err == nil {
			c.at = at
			return nil
		}
	}
	return fmt.Errorf("%q: the date must be written as 2026-03-01 or 2026-03-01T09:30:00Z", c.String())
}

// texts are the conditions as they are written; nil where there are none.
func (w Where) texts() []string {
	var texts []string
	for _, c := range w {
		texts = append(texts, c.String())
	}
	return texts
}

// names reports whether a condition is about the field.
func (w Where) names(field string) bool {
	return slices.ContainsFunc(w, func(c Condition) bool { return c.Field == field })
}

// fits reports whether a result is selected. One that a person has decided about
// is, only where a condition names that.
func (w Where) fits(r queue.StoredResult) bool {
	if r.Result.Reviewed != nil && !w.names("reviewed") {
		return false
	}
	return !slices.ContainsFunc(w, func(c Condition) bool { return !c.fits(r) })
}

func (c Condition) fits(r queue.StoredResult) bool {
	if date, is := dates[c.Field]; is {
		at := date(r)
		if at.IsZero() {
			return false
		}
		return c.Op == "<" && at.Before(c.at) || c.Op == ">" && at.After(c.at)
	}
	has := slices.ContainsFunc(fields[c.Field](r), func(v string) bool { return strings.EqualFold(v, c.Value) })
	return has == (c.Op == "=")
}
