package httpapi

import (
	_ "embed"
	"fmt"
	"net/http"

	"github.com/evercart/evercart/ports"
)

//go:embed openapi.yaml
var description []byte

// showHealth answers GET /healthz: the process runs.
func (a *api) showHealth(*call) (reply, error) {
	return jsonReply(http.StatusOK, []byte(`{"status":"ok"}`)), nil
}

// showReadiness answers GET /readyz: requests can be served.
func (a *api) showReadiness(c *call) (reply, error) {
	if err := a.Ready(c.ctx); err != nil {
		return reply{}, fmt.Errorf("not ready: %w: %w", ports.ErrUnavailable, err)
	}
	return jsonReply(http.StatusOK, []byte(`{"status":"ready"}`)), nil
}

// showDescription answers GET /openapi.yaml.
func (a *api) showDescription(*call) (reply, error) {
	return reply{status: http.StatusOK, mediaType: "application/yaml", body: description}, nil
}
