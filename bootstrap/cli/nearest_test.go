package cli

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTheNameThatWasMeant(t *testing.T) {
	t.Parallel()
	flags := []string{"help", "data", "backend", "json", "key", "quantity", "price", "currency"}
	for name, meant := range map[string][]string{
		"qty":      {"quantity"},
		"quant":    {"quantity"},
		"quantiy":  {"quantity"},
		"quatnity": {"quantity"},
		"prize":    {"price"},
		"prices":   {"price"},
		"cur":      {"currency"},
		"curency":  {"currency"},
		"datas":    {"data"},
		"q":        {"quantity"},
		"data":     {"data"},
		"d":        {"data"},
	} {
		assert.Equal(t, meant, nearest(name, flags), name)
	}
	for _, name := range []string{"", "get", "loud", "port", "kez", "hex", "dark", "verbose", "x", "cryptography"} {
		assert.Empty(t, nearest(name, flags), name)
	}
	assert.Equal(t, []string{"retire", "remove"}, nearest("re", []string{"retire", "remove", "add"}))
	assert.Equal(t, []string{"remove"}, nearest("rm", []string{"open", "add", "remove"}))
	assert.Empty(t, nearest("a", []string{"aa", "ab", "ac", "ad"}), "what may mean anything means nothing")
}
