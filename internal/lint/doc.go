// Package lint holds the test that every rule of .golangci.yml fires where it must.
package lint
