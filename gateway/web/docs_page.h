// /docs: an API reference draws /openapi.json, offline; all of it is built in.
#pragma once

#include <string_view>

namespace evenhand::gateway {

// @REFERENCE@: the address of ApiReferenceScript.
inline constexpr std::string_view kDocsHtml = R"html(<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evenhand: the REST contract</title>
<link rel="icon" href="/favicon.svg" type="image/svg+xml">
<link rel="preload" href="/openapi.json" as="fetch" crossorigin>
</head>
<body>
<noscript>This page needs JavaScript; the contract itself is at <a href="/openapi.json">/openapi.json</a>.</noscript>
<main id="reference"></main>
<script src="@REFERENCE@"></script>
<script src="/docs/start.js"></script>
</body>
</html>
)html";

// Addresses that others point at (a problem's `type`, a retired route's Link) name a reason or an operation alone.
inline constexpr std::string_view kDocsScript = R"js('use strict';
fetch('/openapi.json').then((reply) => reply.json()).then((contract) => {
  const slug = (text) => text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  const named = location.hash.slice(1);
  for (const methods of Object.values(contract.paths))
    for (const one of Object.values(methods))
      if (one.operationId === named) history.replaceState(null, '', `#tag/${slug(one.tags[0])}/${named}`);
  if (contract.components.schemas.Problem.properties.reason.enum.includes(named)) history.replaceState(null, '', `#description/${slug(named)}`);
  Scalar.createApiReference('#reference', {
    content: contract,
    generateOperationSlug: (operation) => operation.operationId,
    defaultHttpClient: { targetKey: 'shell', clientKey: 'curl' },
    // Its own greys and greens are too pale for small letters (WCAG 2.1, 1.4.3).
    customCss: `.light-mode { --scalar-color-2: #4b4b4b; --scalar-color-3: #5f5f5f; --scalar-color-green: #00704a; --scalar-color-orange: #a04000; --scalar-color-blue: #00589b; }
      .dark-mode { --scalar-color-3: #b0b0b0; }`,
    persistAuth: true,
    // Nothing is asked of anybody else.
    withDefaultFonts: false, telemetry: false, showDeveloperTools: 'never', hideClientButton: true, agent: { disabled: true }, mcp: { disabled: true },
  });
});
)js";

// An even balance.
inline constexpr std::string_view kFavicon =
    R"svg(<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1d4f5f"/><path d="M16 6v20M9 26h14M6 10h20M6 10l-3 8h6zM26 10l-3 8h6z" fill="none" stroke="#fff" stroke-width="2.2" stroke-linejoin="round" stroke-linecap="round"/></svg>)svg";

}  // namespace evenhand::gateway
