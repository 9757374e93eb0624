package archive_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/mujaz/mujaz/internal/archive"
)

func TestDigestOfFile(t *testing.T) {
	t.Parallel()
	path := write(t, "a.jsonl", []byte("abc"))
	got, err := archive.Digest(t.Context(), []string{path, path})
	if err != nil {
		t.Fatal(err)
	}
	// printf abc | sha256sum
	want := archive.InputDigest{Name: path, Size: 3, SHA256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"}
	if diff := cmp.Diff([]archive.InputDigest{want, want}, got); diff != "" {
		t.Error(diff)
	}
}

func TestDigestOfFolder(t *testing.T) {
	t.Parallel()
	digest := func(files map[string]string) archive.InputDigest {
		t.Helper()
		dir := t.TempDir()
		for name, content := range files {
			path := filepath.Join(dir, filepath.FromSlash(name))
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o700), os.WriteFile(path, []byte(content), 0o600)); err != nil {
				t.Fatal(err)
			}
		}
		d, err := archive.Digest(t.Context(), []string{dir})
		if err != nil {
			t.Fatal(err)
		}
		d[0].Name = ""
		return d[0]
	}
	base := map[string]string{"a.txt": "one", "b/c.html": "two"}
	want := digest(base)
	if want.Size != 6 {
		t.Errorf("size %d, want 6", want.Size)
	}
	for name, tt := range map[string]struct {
		files map[string]string
		same  bool
	}{
		"again":         {base, true},
		"hidden file":   {map[string]string{"a.txt": "one", "b/c.html": "two", ".x": "y"}, true},
		"other content": {map[string]string{"a.txt": "onE", "b/c.html": "two"}, false},
		"other name":    {map[string]string{"a.txt": "one", "b/d.html": "two"}, false},
		"one less":      {map[string]string{"a.txt": "one"}, false},
		"bytes moved":   {map[string]string{"a.txt": "on", "b/c.html": "etwo"}, false},
	} {
		if got := digest(tt.files); (got == want) != tt.same {
			t.Errorf("%s: %v and %v, want the same: %t", name, got, want, tt.same)
		}
	}
}

func TestDigestErrors(t *testing.T) {
	t.Parallel()
	if _, err := archive.Digest(t.Context(), []string{"-"}); err == nil {
		t.Error("standard input has a digest")
	}
	if _, err := archive.Digest(t.Context(), []string{filepath.Join(t.TempDir(), "none")}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := archive.Digest(ctx, []string{write(t, "a", []byte("abc"))}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
