"use strict";
/*
 * Starts Swagger UI with the document of this service. "Try it out" fills in the examples of the document, and some of
 * them are ids, which every registry gives anew. So a parameter names a list of this service (`x-example-from`, written
 * by `live_examples.rs`), and its example becomes what the list has now: when the page loads for lists that everyone can
 * read, and after "Authorize" for the others.
 */
(() => {
  const DOCUMENT = "/openapi.json";
  const FROM = "x-example-from";
  /** Milliseconds that a list may take. Without it, the example of the document stays. */
  const TIMEOUT = 5_000;

  window.onload = () => {
    window.ui = SwaggerUIBundle({
      url: DOCUMENT,
      dom_id: "#swagger-ui",
      deepLinking: true,
      // The tags first, like a table of contents. With every operation and schema at once, the page takes many seconds.
      docExpansion: "none",
      defaultModelsExpandDepth: -1,
      presets: [SwaggerUIBundle.presets.apis, SwaggerUIStandalonePreset],
      plugins: [SwaggerUIBundle.plugins.DownloadUrl, { statePlugins: { auth: { wrapActions: { authorize } } } }],
      layout: "StandaloneLayout",
      responseInterceptor: async (response) => {
        if (response.ok && new URL(response.url).pathname === DOCUMENT) response.text = await withLiveExamples(response.text);
        return response;
      },
    });
  };

  /** The document, with examples of this registry. */
  async function withLiveExamples(text) {
    const document = JSON.parse(text);
    const values = source({});
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    const parameters = operations.filter(({ security }) => !security).flatMap((operation) => operation.parameters ?? []);
    await Promise.all(
      parameters.map(async (parameter) => {
        if (parameter[FROM]) parameter.example = (await values(parameter[FROM])) ?? parameter.example;
      }),
    );
    return JSON.stringify(document);
  }

  /** Signs in, then fills in what only this caller can list. */
  function authorize(original, system) {
    return (credentials) => {
      const result = original(credentials);
      fill(system);
      return result;
    };
  }

  async function fill({ authSelectors, specActions, specSelectors }) {
    const values = source(headers(Object.values(authSelectors.authorized()?.toJS() ?? {})));
    for (const [path, item] of specSelectors.specJson().get("paths").entries()) {
      for (const [method, operation] of item.entries()) {
        if (!operation.get("security")) continue;
        for (const parameter of operation.get("parameters") ?? []) {
          const value = parameter.get(FROM) && (await values(parameter.get(FROM)));
          if (value) specActions.changeParamByIdentity([path, method], parameter, value, false);
        }
      }
    }
  }

  function headers(credentials) {
    return Object.fromEntries(
      credentials.map(({ schema, value }) => (schema.type === "apiKey" ? [schema.name, value] : ["Authorization", `Bearer ${value}`])),
    );
  }

  /** A function that finds values with these credentials, and asks for each list once. */
  function source(headers) {
    const answers = new Map();
    return async (from) => {
      const [address, way] = from.split("#");
      if (!answers.has(address)) answers.set(address, ask(address, headers));
      return valueAt(await answers.get(address), way.split("/").slice(1));
    };
  }

  async function ask(address, headers) {
    try {
      const answer = await fetch(address, { headers: { Accept: "application/json", ...headers }, signal: AbortSignal.timeout(TIMEOUT) });
      return answer.ok ? await answer.json() : undefined;
    } catch {
      return undefined;
    }
  }

  /** The value at the end of the way, or undefined. `*` is the first element that leads to one. */
  function valueAt(value, [step, ...rest]) {
    if (step === undefined || value === undefined || value === null) return value ?? undefined;
    if (step !== "*") return valueAt(value[step], rest);
    for (const one of Array.isArray(value) ? value : []) {
      const end = valueAt(one, rest);
      if (end !== undefined) return end;
    }
    return undefined;
  }
})();
