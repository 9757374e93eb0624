package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/mujaz/mujaz/queue"
)

// signFlags are of commands that queue jobs.
type signFlags struct {
	SignWith string `placeholder:"FILE" help:"Sign the jobs with the seed of an nkey, for workers that demand it (--require-signatures)."`
}

// signer is nil where jobs are not signed.
func (f *signFlags) signer() (*queue.Signer, error) {
	if f.SignWith == "" {
		return nil, nil
	}
	signer, err := queue.ReadSigner(f.SignWith)
	if err != nil {
		return nil, usagef("`mujaz keys new FILE` makes a key.", "--sign-with: %w", err)
	}
	return signer, nil
}

type keysCmd struct {
	New keysNewCmd `cmd:"" help:"Make a key: its seed goes into a file, its public key is printed."`
}

// Help is shown by --help.
func (*keysCmd) Help() string { return "Example:\n\n    mujaz keys new newsdesk.seed" }

type keysNewCmd struct {
	File string `arg:"" help:"Where the seed goes. The file must not be there yet."`
}

// Help is shown by --help.
func (*keysNewCmd) Help() string {
	return `The seed is secret and stays with the producer, in a file that only you can read. The public key goes into the file that workers are started with, as a line, with the sources behind it that the producer may sign for.

    mujaz keys new newsdesk.seed                        prints U…
    echo "U… newsdesk" >> trusted.keys
    mujaz worker --require-signatures trusted.keys
    mujaz submit --sign-with newsdesk.seed --source newsdesk article.txt

It is a user nkey as NATS has them; nk -inkey newsdesk.seed -pubout prints the public key again.`
}

// Run makes a key.
func (c *keysNewCmd) Run(p *program) error {
	seed, public, err := queue.NewSigningKey()
	if err != nil {
		return err
	}
	if err := writeSecret(c.File, append(seed, '\n')); err != nil {
		if errors.Is(err, fs.ErrExist) {
			return usagef("Name another file: what it holds may be in use.", "%s is there already", c.File)
		}
		return fmt.Errorf("write the seed: %w", err)
	}
	_, err = fmt.Fprintln(p.out, public)
	return err
}

// writeSecret writes a file that only its owner can read, never over one that is
// there.
func writeSecret(name string, data []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}
