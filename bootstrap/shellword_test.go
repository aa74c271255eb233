package bootstrap_test

import (
	"os/exec"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/evercart/evercart/bootstrap"
)

func TestAWordOfACommandLine(t *testing.T) {
	t.Parallel()
	t.Run("stays as it is where no shell minds", func(t *testing.T) {
		t.Parallel()
		for _, s := range []string{"./data", "/var/lib/evercart-1", "s3://bucket/a_b", "a+b:d,e@f%"} {
			assert.Equal(t, s, bootstrap.ShellWord(s))
		}
		assert.Equal(t, "'my data'", bootstrap.ShellWord("my data"))
		assert.Equal(t, "''", bootstrap.ShellWord(""))
	})
	t.Run("is what a shell reads", func(t *testing.T) {
		t.Parallel()
		shell, err := exec.LookPath("sh")
		require.NoError(t, err)
		rapid.Check(t, func(r *rapid.T) {
			words := rapid.SliceOfN(rapid.StringMatching("[ -~é\n\t]{0,12}"), 1, 40).Draw(r, "words")
			line := "printf '%s\\0'"
			want := ""
			for _, word := range words {
				line += " " + bootstrap.ShellWord(word)
				want += word + "\x00"
			}
			out, err := exec.CommandContext(t.Context(), shell, "-c", line).Output()
			require.NoError(r, err)
			assert.Equal(r, want, string(out))
		})
	})
}
