//go:build !linux

package chaos

import "syscall"

// childAttributes keeps the terminal's signals from the children. A harness
// that is killed leaves them behind on this system.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
