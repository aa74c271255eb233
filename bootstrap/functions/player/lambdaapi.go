package player

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/evercart/evercart/adapters/lambdafn/runtimetest"
)

// api serves the operation Invoke of the Lambda API (Lambda API Reference,
// "Invoke"), at AWS_ENDPOINT_URL_LAMBDA of the functions.
func (r *Running) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{name}/invocations", func(w http.ResponseWriter, req *http.Request) {
		payload, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxPayload))
		if err != nil {
			fault(w, http.StatusRequestEntityTooLarge, "RequestTooLargeException", err.Error())
			return
		}
		f := r.functions[r.programOf(req.PathValue("name"))]
		if f == nil {
			fault(w, http.StatusNotFound, "ResourceNotFoundException", "Function not found: "+req.PathValue("name"))
			return
		}
		switch kind := req.Header.Get("X-Amz-Invocation-Type"); kind {
		case "Event":
			r.asynchronously(f, payload)
			w.WriteHeader(http.StatusAccepted)
		case "RequestResponse", "":
			answer, err := f.invoke(req.Context(), "direct", payload)
			respond(w, answer, err)
		case "DryRun":
			w.WriteHeader(http.StatusNoContent)
		default:
			fault(w, http.StatusBadRequest, "InvalidParameterValueException", "invocation type "+kind)
		}
	})
	return mux
}

// programOf returns the program of a function that is named in any of the forms
// that the API takes: name, name:alias, account:function:name, ARN, ARN:alias.
func (r *Running) programOf(name string) string {
	if _, after, ok := strings.Cut(name, "function:"); ok {
		name = after
	}
	name, _, _ = strings.Cut(name, ":")
	program, ok := strings.CutPrefix(name, r.stack.Prefix+"-")
	if !ok {
		return ""
	}
	return program
}

func respond(w http.ResponseWriter, answer []byte, err error) {
	if failed, ok := errors.AsType[*runtimetest.FunctionError](err); ok {
		w.Header().Set("X-Amz-Function-Error", "Unhandled")
		answer, err = json.Marshal(failed)
	}
	if err != nil {
		fault(w, http.StatusInternalServerError, "ServiceException", err.Error())
		return
	}
	_, _ = w.Write(answer) // a caller that is gone needs none
}

func fault(w http.ResponseWriter, status int, kind, message string) {
	w.Header().Set("X-Amzn-ErrorType", kind)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"Type": "User", "Message": message}) // as above
}
