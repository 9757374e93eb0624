package chaos

import "syscall"

// childAttributes has the kernel kill a child whose harness is gone.
func childAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
