package collect

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// File is written beside its target and takes the target's name when it is
// complete: whatever ends the writing, no half file stands under that name.
type File struct {
	*os.File
	target  string
	replace bool
}

// ExistsError is a target that is there already.
type ExistsError struct{ Name string }

// Error names it.
func (e *ExistsError) Error() string { return e.Name + " exists already" }

// Hint says what to do.
func (*ExistsError) Hint() string { return "Name another file, or add --overwrite." }

// Create opens a temporary file in the target's folder, named ".TARGET.*.part".
func Create(target string, overwrite bool) (*File, error) {
	if behind, err := filepath.EvalSymlinks(target); err == nil {
		target = behind // the file is replaced, not the link to it
	}
	if err := vacant(target, overwrite); err != nil {
		return nil, err
	}
	name := filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+"."+rand.Text()[:8]+".part")
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, fmt.Errorf("create %s: %w", target, err)
	}
	return &File{File: file, target: target, replace: overwrite}, nil
}

func vacant(target string, overwrite bool) error {
	info, err := os.Stat(target)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("create %s: %w", target, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("create %s: it is there, and not a file; `-` is standard output", target)
	case !overwrite:
		return &ExistsError{target}
	}
	return nil
}

// Commit makes sure that the content is on the disk and gives the file its name.
// After an error nothing has changed under that name.
func (f *File) Commit() error {
	err := f.Sync()
	err = errors.Join(err, f.Close())
	if err == nil {
		err = vacant(f.target, f.replace)
	}
	if err == nil {
		err = os.Rename(f.Name(), f.target)
	}
	if err != nil {
		return errors.Join(f.explain(err), os.Remove(f.Name()))
	}
	return nil
}

// Abort removes what was written and says of the error that led to it what that
// means for the target.
func (f *File) Abort(cause error) error {
	// It is closed twice when committing has failed.
	_ = f.Close()
	_ = os.Remove(f.Name())
	return f.explain(cause)
}

func (f *File) explain(cause error) error {
	if errors.Is(cause, syscall.ENOSPC) {
		return &FullError{Target: f.target, Err: cause}
	}
	return cause
}

// FullError is a disk without room for the file.
type FullError struct {
	Target string
	Err    error
}

// Error is the cause's.
func (e *FullError) Error() string { return fmt.Sprintf("write %s: the disk is full", e.Target) }

// Unwrap gives the cause.
func (e *FullError) Unwrap() error { return e.Err }

// Hint says what to do, and what is safe.
func (e *FullError) Hint() string {
	return "Free some space or name a file on another disk, and collect again: the results are still on the server, and nothing was left of this file. Compressed (.jsonl.zst) or as Parquet it takes a fraction."
}
