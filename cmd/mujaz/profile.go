package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/mujaz/mujaz/internal/llm"
)

// profileOff switches profiles off.
const profileOff = "off"

// profileFile is where the profile of an endpoint's model is: the file that is
// named, else one in the user's configuration folder. "" is nowhere.
func profileFile(named, label, model string) (string, error) {
	switch {
	case strings.EqualFold(named, profileOff):
		return "", nil
	case named != "":
		return named, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", err
	}
	return llm.ProfileFile(filepath.Join(dir, "mujaz", "endpoints"), label, model), nil
}

// remember has the endpoint begin with its profile, if there is one, and says
// so. A broken or foreign profile is told and left aside.
func (e *endpoint) remember(named string) {
	file, err := profileFile(named, e.client.Label(), e.model)
	if err != nil || file == "" {
		return
	}
	profile, err := llm.LoadProfile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist) && named == "":
	case err != nil:
		e.note += "; no profile is used: " + err.Error()
	case !profile.Fits(e.client.Label(), e.model):
		e.note += "; no profile is used: " + file + " is of model " + profile.Model + " at " + profile.Endpoint
	default:
		e.client = e.client.WithProfile(profile)
		e.note += "; profile of " + profile.Made.Format("2006-01-02")
	}
}
