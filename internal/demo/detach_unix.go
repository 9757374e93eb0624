//go:build unix

package demo

import (
	"os/exec"
	"syscall"
)

// detach keeps the terminal's Ctrl-C from the child: it must serve the calls
// of a worker that drains.
func detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
