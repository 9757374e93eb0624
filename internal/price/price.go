// Package price knows what tokens cost: by a table that is built in, and by a
// file that replaces and adds to it. It is pure, and never guesses: a model
// that no line names has no price.
package price

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Price of a model's tokens, per million of them.
type Price struct {
	// Model is the name that the endpoint is asked for; a "*" at its end stands
	// for any rest. "*" alone is every model.
	Model string
	// Host of the endpoint that the price is of, without a port; empty is any.
	// Gateways sell the same model at prices of their own.
	Host          string
	Input, Output float64
	// Cached is for input tokens from the provider's prefix cache; nil is Input.
	Cached *float64
	// Batch is the part of these prices that a call in a provider's batch costs, 0.5
	// being half; 0 is not known, and counts as all of it.
	Batch    float64
	Currency string // ISO 4217, "USD"
	// Free declares that 0 is meant: a server of your own.
	Free bool
	// Source is the page or the file with its line, Date when it was looked at.
	Source, Date string
}

// MaxPrice bounds a price of a million tokens: above it a digit slipped.
const MaxPrice = 1_000_000

// Validate joins all problems of the figures.
func (p Price) Validate() error {
	var errs []error
	zero := true
	for _, f := range []struct {
		name  string
		value *float64
	}{{"input", &p.Input}, {"cached", p.Cached}, {"output", &p.Output}} {
		if f.value == nil {
			continue
		}
		v := *f.value
		switch {
		case math.IsNaN(v) || math.IsInf(v, 0):
			errs = append(errs, fmt.Errorf("%s: is no number", f.name))
		case v < 0:
			errs = append(errs, fmt.Errorf("%s: must not be negative", f.name))
		case v > MaxPrice:
			errs = append(errs, fmt.Errorf("%s: must be at most %d, it is for a million tokens", f.name, MaxPrice))
		}
		zero = zero && v == 0
	}
	if !(p.Batch >= 0 && p.Batch <= 1) {
		errs = append(errs, errors.New("batch: must be the part of the prices that calls in a batch cost, such as 0.5"))
	}
	switch {
	case p.Free && !zero:
		errs = append(errs, errors.New("free: has prices above 0; leave one of them away"))
	case !p.Free && (p.Input == 0 || p.Output == 0):
		errs = append(errs, errors.New("a price of 0 must be declared with free: true"))
	}
	if !validCurrency(p.Currency) {
		errs = append(errs, errors.New("currency: must be three capital letters, such as USD"))
	}
	return errors.Join(errs...)
}

func validCurrency(code string) bool {
	return len(code) == 3 && !strings.ContainsFunc(code, func(r rune) bool { return r < 'A' || r > 'Z' })
}

// CachedInput is the price of cached input tokens.
func (p Price) CachedInput() float64 {
	if p.Cached == nil {
		return p.Input
	}
	return *p.Cached
}

// Table is an ordered list of prices; of those that fit, the first one counts.
type Table []Price

// Find is the price of a model at a host.
func (t Table) Find(host, model string) (Price, bool) {
	for _, p := range t {
		if p.Host != "" && !strings.EqualFold(p.Host, host) {
			continue
		}
		rest, open := strings.CutSuffix(p.Model, "*")
		if p.Model == model || open && strings.HasPrefix(model, rest) {
			return p, true
		}
	}
	return Price{}, false
}

// With puts other prices before those of the table.
func (t Table) With(first Table) Table { return slices.Concat(first, t) }
