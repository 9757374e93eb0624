package archive

import (
	"errors"
	"fmt"
	"io"
	"os"

	"go.yaml.in/yaml/v3"
)

// maxFieldsFile bounds a file of field names in bytes: there are ten fields.
const maxFieldsFile = 64 << 10

// ReadFields reads a YAML file that maps fields to names in the input, for
// [Options].Fields:
//
//	text: article_body
//	title: meta.headline
//	metadata:
//	  desk: section
//
// An empty name means that the field is not to be taken from the input.
func ReadFields(name string) (map[string]string, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read fields: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxFieldsFile+1))
	if err != nil {
		return nil, fmt.Errorf("read fields: %w", err)
	}
	if len(data) > maxFieldsFile {
		return nil, fmt.Errorf("read fields %s: larger than %d bytes, so it is no list of fields", name, maxFieldsFile)
	}
	fields, err := parseFields(data)
	if err != nil {
		return nil, fmt.Errorf("read fields %s: %w", name, err)
	}
	return fields, nil
}

func parseFields(data []byte) (map[string]string, error) {
	var raw map[string]any
	if err := yaml.Unmarshal(data, &raw); err != nil {
		return nil, errors.New("not a YAML mapping of fields to names, as in \"text: article_body\"")
	}
	fields := make(map[string]string, len(raw))
	var errs []error
	add := func(key string, value any) {
		switch v := value.(type) {
		case string:
			fields[key] = v
		case nil:
			fields[key] = ""
		default:
			errs = append(errs, fmt.Errorf("%q must be the name of a field in the input", key))
		}
	}
	for key, value := range raw {
		entries, ok := value.(map[string]any)
		if !ok || key+"." != metadataPrefix {
			add(key, value)
			continue
		}
		for entry, value := range entries {
			add(metadataPrefix+entry, value)
		}
	}
	if _, err := newMapping(fields); err != nil {
		errs = append(errs, err)
	}
	return fields, errors.Join(errs...)
}
