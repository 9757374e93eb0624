package main

import (
	"testing"
	"time"
)

func TestByteSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"0": 0, "1000": 1000, "4GiB": 4 << 30, "4gb": 4 << 30, "512 MiB": 512 << 20, "1.5KiB": 1536, "2T": 2 << 40, "7B": 7,
	} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err != nil || int64(got) != want {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "GiB", "-1", "4XB", "4GiBs", "1e30GiB", "NaN"} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken as %d", text, got)
		}
	}
	for size, want := range map[byteSize]string{4 << 30: "4GiB", 1536 << 20: "1536MiB", 1000: "1000", 0: "0"} {
		if got := size.String(); got != want {
			t.Errorf("%d prints as %q, want %q", int64(size), got, want)
		}
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"30d": 720 * time.Hour, "0.5d": 12 * time.Hour, "90s": 90 * time.Second} {
		var got age
		if err := got.UnmarshalText([]byte(text)); err != nil || time.Duration(got) != want {
			t.Errorf("%q is %s, %v; want %s", text, time.Duration(got), err, want)
		}
	}
	for _, text := range []string{"", "d", "-1d", "-2h", "soon", "99999999d"} {
		var got age
		if err := got.UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken as %s", text, got)
		}
	}
	for a, want := range map[age]string{age(48 * time.Hour): "2d", age(36 * time.Hour): "36h", age(90 * time.Minute): "1h30m", age(10 * time.Minute): "10m"} {
		if got := a.String(); got != want {
			t.Errorf("%s prints as %q, want %q", time.Duration(a), got, want)
		}
	}
}

func TestMoments(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.March, 1, 9, 30, 0, 0, time.UTC)
	var m moment
	if err := m.UnmarshalText([]byte("2026-03-01T09:30:00Z")); err != nil || !m.Equal(at) {
		t.Errorf("a time is %s, %v", m, err)
	}
	if err := m.UnmarshalText([]byte("2h")); err != nil || !m.Before(time.Now()) {
		t.Errorf("an age is %s, %v", m, err)
	}
	var d deadline
	if err := d.UnmarshalText([]byte("2h")); err != nil || !d.After(time.Now()) {
		t.Errorf("a deadline is %s, %v", d, err)
	}
	if err := d.UnmarshalText([]byte("tomorrow")); err == nil {
		t.Error("a word is taken as a deadline")
	}
}

func TestSuggest(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{"slotz": `; did you mean "slots"?`, "lan": `; did you mean "lane"?`, "xyzzy": ""} {
		if got := suggest(word, []string{"lane", "model", "slots"}); got != want {
			t.Errorf("for %q it suggests %q, want %q", word, got, want)
		}
	}
}
