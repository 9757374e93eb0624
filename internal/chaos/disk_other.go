//go:build !linux

package chaos

import (
	"context"
	"errors"
)

// disk is there on Linux only.
type disk struct{}

var errNoDisk = errors.New("the power of a disk can be cut on Linux only")

func newDisk(context.Context, Config) (*disk, error) { return nil, errNoDisk }

func (*disk) cut() error                    { return errNoDisk }
func (*disk) remount(context.Context) error { return errNoDisk }
func (*disk) unmount(context.Context) error { return errNoDisk }
