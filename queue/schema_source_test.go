package queue

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// sources are what the generated schemas take from the text of this package.
type sources struct {
	comments  map[string]string            // "Type" or "Type.Field"
	types     map[string]string            // "Type.Field" to the type of the field
	names     map[string]map[string]string // type to field to JSON name
	constants map[string][]any             // string constants in their order, by type
}

func readSources(t *testing.T) sources {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	src := sources{comments: map[string]string{}, types: map[string]string{}, names: map[string]map[string]string{}, constants: map[string][]any{}}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			gen, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range gen.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					src.addType(spec, gen.Doc.Text())
				case *ast.ValueSpec:
					src.addConstants(t, spec)
				}
			}
		}
	}
	return src
}

func (s sources) addType(spec *ast.TypeSpec, doc string) {
	typ := spec.Name.Name
	s.comments[typ] = doc
	fields, ok := spec.Type.(*ast.StructType)
	if !ok {
		return
	}
	s.names[typ] = map[string]string{}
	for _, field := range fields.Fields.List {
		for _, name := range field.Names {
			s.comments[typ+"."+name.Name] = cmp.Or(field.Doc.Text(), field.Comment.Text())
			if m := jsonName.FindStringSubmatch(tagOf(field)); m != nil {
				s.names[typ][name.Name] = m[1]
			}
			expr := field.Type
			if star, ok := expr.(*ast.StarExpr); ok {
				expr = star.X
			}
			if ident, ok := expr.(*ast.Ident); ok {
				s.types[typ+"."+name.Name] = ident.Name
			}
		}
	}
}

func (s sources) addConstants(t *testing.T, spec *ast.ValueSpec) {
	t.Helper()
	typ, ok := spec.Type.(*ast.Ident)
	if !ok {
		return
	}
	for _, value := range spec.Values {
		lit, ok := value.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			continue
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatal(err)
		}
		s.constants[typ.Name] = append(s.constants[typ.Name], text)
	}
}

var (
	jsonName = regexp.MustCompile(`json:"([a-z0-9_]+)`)
	docLink  = regexp.MustCompile(`\[([A-Z][A-Za-z.]*)\]`)
	subject  = regexp.MustCompile(`^[A-Z][A-Za-z0-9]* is `)
	// plainWord begins a sentence, and is no JSON name such as max_words.
	plainWord = regexp.MustCompile(`^[a-z](?:[a-z]+[ ;,.]|[ ])`)
	goWord    = regexp.MustCompile(`\b[A-Z][A-Za-z0-9]*\b`)
)

// description is a Go comment in the words of the wire: its first paragraph,
// JSON names for Go's, and no links but to what every reader can look up.
func (s sources) description(t *testing.T, typ, field string) string {
	t.Helper()
	key := strings.TrimSuffix(typ+"."+field, ".")
	if of, ok := s.types[key]; ok && s.comments[key] == "" {
		return s.description(t, of, "") // a field that says nothing is what its type is
	}
	text, _, _ := strings.Cut(s.comments[key], "\n\n")
	text = strings.Join(strings.Fields(text), " ")
	if end := strings.LastIndex(text, ". "); end > 0 && !strings.HasSuffix(text, ".") {
		text = text[:end+1] // the rest leads over to an example
	}
	text = subject.ReplaceAllString(text, "")
	text = docLink.ReplaceAllStringFunc(text, func(link string) string {
		name := strings.Trim(link, "[]")
		words, ok := map[string]string{
			"CauseUnsupportedVersion": `cause "unsupported_version"`,
			"CauseExpired":            `cause "expired"`,
			"CauseOverBudget":         `cause "over_budget"`,
			"Topology.BodiesBucket":   "MUJAZ_BODIES",
			"Topology.ResultSubject":  "mujaz.results.<lane>.<source>.<key>",
			"HeaderDead":              HeaderDead,
			"Job.Digest":              HeaderDigest,
			"Cause.Advice":            "docs/wire.md",
			"Job.OptionsDigest":       "docs/wire.md",
			"Options.CopyOf":          "options.copy_of",
		}[name]
		if !ok {
			t.Errorf("the comment of %s links to %s, which a schema cannot: give it words here", key, name)
		}
		return words
	})
	text = goWord.ReplaceAllStringFunc(text, func(word string) string { return cmp.Or(s.names[typ][word], word) })
	return plainWord.ReplaceAllStringFunc(text, func(word string) string { return strings.ToUpper(word[:1]) + word[1:] })
}

func tagOf(field *ast.Field) string {
	if field.Tag == nil {
		return ""
	}
	return field.Tag.Value
}
