package main

import (
	"encoding"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// FuzzValues: a value of a flag is read or refused with advice, and what is
// printed of it is read as the same.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"4GiB", "1.5 kb", "NaN", "Inf", "1e300TiB", "-1", "0x1p62", "30d", "36h", "1e5d", "-0d", "106751d", "2026-03-01T09:30:00Z", "2026-03-01", "9999-12-31T23:59:59+14:00", "غدا"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var size, size2 byteSize
		var a, a2 age
		var m moment
		var d deadline
		for _, into := range []encoding.TextUnmarshaler{&size, &a, &m, &d} {
			if err := into.UnmarshalText([]byte(s)); err != nil && !strings.HasPrefix(err.Error(), "must be a") {
				t.Errorf("%T %q: %v", into, s, err)
			}
		}
		if size < 0 || size2.UnmarshalText([]byte(size.String())) != nil || size2 != size {
			t.Errorf("size %q is %d, printed as %s and read as %d", s, size, size, size2)
		}
		if a < 0 || a2.UnmarshalText([]byte(a.String())) != nil || a2 != a {
			t.Errorf("age %q is %s, printed as %s and read as %s", s, time.Duration(a), a, time.Duration(a2))
		}
	})
}

// FuzzConfigFile: a configuration file is read or refused, and no value of it,
// which may be a key, is in the error.
func FuzzConfigFile(f *testing.F) {
	for _, s := range []string{
		"nats-url: nats://nats:4222\nworker:\n  slots: 4\n  header: {X-Key: secretsecretsecret}\n",
		"worker: [1, 2]\n", "worker: {worker: {worker: 1}}", "a: &a [*a]", "a: &a {b: *a}\n", "slots: 1\nslots: 2", "? [a]\n: b", "!!binary x: y", "\xff", "worker:\n\tslots: 1", "- 1", "{",
		"api-key: \"secretsecretsecret\n", "api-key: secretsecretsecret: x", "reply-prefixes: [a, [b], {c: d}]",
	} {
		f.Add([]byte(s))
	}
	p := &program{lookup: func(string) (string, bool) { return "", false }}
	parser, err := newParser(&cli{}, p)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parseConfig(parser.Model, "f.yaml", data)
		if (file == nil) == (err == nil) {
			t.Fatalf("file %v, error %v", file, err)
		}
		if err != nil && (hintOf(err) == "" || strings.Contains(err.Error(), "secretsecretsecret") && validSecretKey(data)) {
			t.Errorf("error %q of %q", err, data)
		}
	})
}

// validSecretKey: the secret is a value here, and not the name of a setting.
func validSecretKey(data []byte) bool {
	var root map[string]any
	if yaml.Unmarshal(data, &root) != nil {
		return true
	}
	for name := range root {
		if strings.Contains(name, "secretsecretsecret") {
			return false
		}
	}
	return !strings.Contains(string(data), "secretsecretsecret:")
}

// FuzzEndpointsFile: a file of endpoints is read within its limits or refused.
func FuzzEndpointsFile(f *testing.F) {
	for _, s := range []string{
		"endpoints:\n  - {base_url: http://a/v1, model: m, weight: 2, timeout: 90s, when: [down]}\n",
		"endpoints: []", "endpoints: [{base_url: 1, unknown: secretsecretsecret}]", "endpoints: {a: b}", "endpoints: &a [*a]", "\xff", "---\n---\n", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		entries, err := parseEndpoints("f.yaml", data)
		if err == nil && (len(entries) == 0 || len(entries) > maxEndpoints) {
			t.Errorf("%d endpoints", len(entries))
		}
		if err != nil && strings.Contains(err.Error(), "secretsecretsecret") {
			t.Errorf("the error %q quotes the file", err)
		}
	})
}

// FuzzEdit: a reviewer's edit is read or refused.
func FuzzEdit(f *testing.F) {
	for _, s := range []string{`{"summary":"x","key_points":[{"text":"y","source_paragraphs":[1]}]}`, `{"status":"ok"}`, `{"summary":1}`, `{"summary":"a","summary":"b"}`, `[]`, "\xff", ``} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := decodeEdit("-", data); err != nil && (hintOf(err) == "" || utf8.Valid(data) && !utf8.ValidString(err.Error())) {
			t.Errorf("error %q has no hint", err)
		}
	})
}
