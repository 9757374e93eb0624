package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"
	"unsafe"
)

// disk is an ext4 file system of its own, in a file, whose power can be cut:
// what was not synced is gone then, for all servers on it at one moment.
type disk struct{ image, folder string }

// The kernel's EXT4_IOC_SHUTDOWN, and its flag that leaves the journal unwritten.
const (
	ioctlShutdown      = 0x8004587d
	shutdownNoLogFlush = 2
)

// newDisk makes and mounts one of that many bytes, which take room as they are
// written. It needs root and loop devices.
func newDisk(ctx context.Context, cfg Config, size int64) (*disk, error) {
	d := &disk{image: filepath.Join(cfg.Dir, "disk"), folder: filepath.Join(cfg.Dir, "store")}
	if err := os.Mkdir(d.folder, 0o700); err != nil {
		return nil, fmt.Errorf("make a disk: %w", err)
	}
	f, err := os.Create(d.image)
	if err != nil {
		return nil, fmt.Errorf("make a disk: %w", err)
	}
	if err := errors.Join(f.Truncate(size), f.Close()); err != nil {
		return nil, fmt.Errorf("make a disk: %w", err)
	}
	if err := run(ctx, "mkfs.ext4", "-q", "-F", d.image); err != nil {
		return nil, err
	}
	return d, d.mount(ctx)
}

func (d *disk) mount(ctx context.Context) error {
	return run(ctx, "mount", "-o", "loop", d.image, d.folder)
}

// cut drops all that was not synced; every access fails from now on.
func (d *disk) cut() error {
	f, err := os.Open(d.folder)
	if err != nil {
		return fmt.Errorf("cut the power: %w", err)
	}
	defer f.Close() //nolint:errcheck // of a folder
	flag := uint32(shutdownNoLogFlush)
	_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), ioctlShutdown, uintptr(unsafe.Pointer(&flag)))
	runtime.KeepAlive(&flag)
	if errno != 0 {
		return fmt.Errorf("cut the power: %w", errno)
	}
	return nil
}

// remount brings back what the disk holds. Its servers must have ended.
func (d *disk) remount(ctx context.Context) error {
	if err := d.unmount(ctx); err != nil {
		return err
	}
	return d.mount(ctx)
}

// unmountTries at a disk that a process has just left.
const unmountTries = 20

func (d *disk) unmount(ctx context.Context) (err error) {
	for range unmountTries {
		if err = run(ctx, "umount", d.folder); err == nil {
			return nil
		}
		pause(ctx, 100*time.Millisecond)
	}
	return err
}

func run(ctx context.Context, name string, args ...string) error {
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w: %s (the scenario needs root, ext4 and loop devices)", name, err, out)
	}
	return nil
}

// fill writes a file until the disk takes no more.
func (d *disk) fill() error {
	f, err := os.Create(d.ballast())
	if err != nil {
		return fmt.Errorf("fill the disk: %w", err)
	}
	for size := 1 << 20; size > 0; {
		_, err := f.Write(make([]byte, size))
		switch {
		case errors.Is(err, syscall.ENOSPC):
			size /= 2
		case err != nil:
			return errors.Join(fmt.Errorf("fill the disk: %w", err), f.Close())
		}
	}
	// What was not written yet could be given room by others.
	if err := errors.Join(f.Sync(), f.Close()); err != nil && !errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("fill the disk: %w", err)
	}
	return nil
}

// empty gives the room back that fill took.
func (d *disk) empty() error {
	if err := os.Remove(d.ballast()); err != nil {
		return fmt.Errorf("make room on the disk: %w", err)
	}
	return nil
}

func (d *disk) ballast() string { return filepath.Join(d.folder, "ballast") }
