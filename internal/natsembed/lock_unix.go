//go:build unix

package natsembed

import (
	"errors"
	"os"
	"syscall"
)

var errLocked = errors.New("locked by another process")

// lock takes an advisory lock, which ends with the process however it ends.
func lock(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errors.Join(errLocked, f.Close())
		}
		// A file system without locks, a network share: go on without one.
		return func() {}, f.Close()
	}
	// Nothing was written, so closing it loses nothing.
	return func() { _ = f.Close() }, nil
}
