package deployment_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// stubTerraform stands for Terraform: it notes what it is told, and lists resources.
const stubTerraform = `#!/bin/sh
echo "$*" >>"$NOTES"
[ "$1 $2" = "state list" ] || exit 0
cat <<'LIST'
data.aws_caller_identity.here
aws_lambda_function_recursion_config.replay
module.archive.module.bucket.aws_s3_bucket.this
module.event_store.aws_dynamodb_table.events
module.feed.aws_kinesis_stream.feed
module.function["add-item"].aws_lambda_function.this
module.function["relay"].aws_lambda_function.this
module.key[0].aws_kms_key.this
module.views.aws_dynamodb_table.views
LIST
`

// deploys runs .make/deploy.sh with the stub and returns what Terraform was told.
func deploys(t *testing.T, command string, env ...string) []string {
	t.Helper()
	folder := t.TempDir()
	notes := filepath.Join(folder, "notes")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "terraform"), []byte(stubTerraform), 0o755))
	cmd := exec.CommandContext(t.Context(), filepath.Join(root, ".make", "deploy.sh"), command)
	cmd.Env = append(os.Environ(), "PATH="+folder+":"+os.Getenv("PATH"), "NOTES="+notes, "VARS=", "BACKEND=", "YES=")
	cmd.Env = append(cmd.Env, env...)
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, string(said))
	noted, err := os.ReadFile(notes)
	require.NoError(t, err)
	return strings.Split(strings.TrimSpace(string(noted)), "\n")
}

func TestDeploying(t *testing.T) {
	t.Parallel()
	t.Run("initializes and applies, and asks unless it is told not to", func(t *testing.T) {
		t.Parallel()
		assert.Equal(t, []string{"init -input=false", "apply -input=true"}, deploys(t, "deploy"))
	})
	t.Run("takes values of its caller's folder", func(t *testing.T) {
		t.Parallel()
		values := filepath.Join(t.TempDir(), "production.tfvars")
		told := deploys(t, "deploy", "YES=1", "VARS="+values)
		assert.Equal(t, "apply -input=true -var-file="+values+" -auto-approve", told[len(told)-1])
	})
	t.Run("leaves a tree that is as clean as it was, or the next packages would be dirty ones", func(t *testing.T) {
		t.Parallel()
		for _, left := range []string{".terraform/providers", ".terraform.lock.hcl", "terraform.tfstate", "terraform.tfstate.backup", "backend_override.tf"} {
			said, err := exec.CommandContext(t.Context(), "git", "-C", root, "check-ignore", filepath.Join("terraform", left)).CombinedOutput()
			assert.NoError(t, err, "%s %s", left, said)
		}
	})
}

func TestTakingDown(t *testing.T) {
	t.Parallel()
	told := deploys(t, "destroy")
	assert.Equal(t, []string{
		"init -input=false", "state list",
		"destroy -input=true -target=aws_lambda_function_recursion_config.replay -target=module.feed -target=module.function",
	}, told, "all but the tables, the archive and their key")
}
