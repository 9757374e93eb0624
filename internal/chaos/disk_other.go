//go:build !linux

package chaos

import (
	"context"
	"errors"
)

// disk is there on Linux only.
type disk struct{}

var errNoDisk = errors.New("a disk can be filled, and its power cut, on Linux only")

func newDisk(context.Context, Config, int64) (*disk, error) { return nil, errNoDisk }

func (*disk) cut() error                    { return errNoDisk }
func (*disk) remount(context.Context) error { return errNoDisk }
func (*disk) unmount(context.Context) error { return errNoDisk }
func (*disk) fill() error                   { return errNoDisk }
func (*disk) empty() error                  { return errNoDisk }
