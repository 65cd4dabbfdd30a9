// /docs: shows /openapi.json as a page, offline: one HTML, one script, one style sheet, all built in.
#pragma once

#include <string_view>

namespace evenhand::gateway {

inline constexpr std::string_view kDocsHtml = R"html(<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Evenhand: the REST contract</title>
<link rel="stylesheet" href="/docs/docs.css">
</head>
<body>
<a class="skip" href="#main">Skip to the contract</a>
<header><h1>Evenhand</h1><p id="about"></p>
<p><a href="#first-steps">First steps</a> · <a href="#token">A token</a> · <a href="#idempotency-key">Idempotency-Key</a> ·
<a href="#if-match">If-Match</a> · <a href="#errors">Errors</a> · <a href="/openapi.json">openapi.json</a></p>
<label>Find <input id="find" type="search" size="40" autocomplete="off" placeholder="restrictions, :impose, GET …"></label></header>
<nav id="tags" aria-label="Areas"></nav>
<section id="first-steps"><h2>First steps</h2>
<h3 id="token">A token</h3>
<p>Every call but <code>/healthz</code>, <code>/readyz</code> and these pages carries <code>Authorization: Bearer …</code>, a JWT of the
council's identity provider (RS256, PS256 or ES256) with <code>sub</code> (the staff number), <code>roles</code> and
<code>service_areas</code>. A development stack makes one:</p>
<pre>tools/evenhand token --sub E2001 --roles senior_manager --service-areas Housing
curl -H "Authorization: Bearer $TOKEN" -d '{"channel":"PHONE","phone":"07700 900123"}' \
     -H "Content-Type: application/json" http://127.0.0.1:8080/v1/contacts:check</pre>
<h3 id="idempotency-key">Idempotency-Key: a write happens once</h3>
<p>Send a fresh UUID as <code>Idempotency-Key</code> with each write, and the same one when you try again: the first reply comes back,
marked <code>Idempotent-Replayed: true</code>, and there is one effect. The same key with another body is refused (422); while the first
is still at work, 409. Kept for a day. <code>?validateOnly=true</code> answers what a write would, and changes nothing.</p>
<h3 id="if-match">If-Match: nobody's change is lost</h3>
<p>A change of state takes <code>If-Match</code> with the <code>etag</code> that you read (the header <code>ETag</code> and the field are the
same): without it 428, with an old one 412: read again and decide again. <code>*</code> matches any.</p>
<h3 id="errors">Errors</h3>
<p><code>application/problem+json</code>: show <code>detail</code> and <code>violations[]</code> to people; programs read <code>status</code>,
<code>reason</code> and <code>clause</code>. <code>type</code> leads to the reason's paragraph at the end of this page;
<code>traceId</code> finds the request in the operators' log.</p>
</section>
<main id="main"><noscript>This page needs JavaScript; the contract itself is at /openapi.json.</noscript></main>
<script src="/docs/docs.js"></script>
</body>
</html>
)html";

inline constexpr std::string_view kDocsStyle = R"css(
:root { color-scheme: light dark; font-family: system-ui, sans-serif; line-height: 1.5; }
body { max-width: 62rem; margin: 0 auto; padding: 1rem; }
.skip { position: absolute; left: -99rem; } .skip:focus { left: 1rem; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; border-block: 1px solid; padding-block: .5rem; }
details { border: 1px solid #8888; border-radius: .3rem; margin-block: .4rem; padding: .3rem .7rem; }
summary { cursor: pointer; } summary code { font-weight: 600; }
.method { display: inline-block; min-width: 5.2rem; font-weight: 700; }
.gone summary code { text-decoration: line-through; }
.shown { outline: 2px solid; outline-offset: .3rem; scroll-margin-top: 1rem; }
:not(pre) > code { background: #8882; border-radius: .2rem; padding: 0 .2rem; overflow-wrap: anywhere; }
pre { overflow: auto; background: #8881; padding: .6rem; border-radius: .3rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .2rem .5rem; border-bottom: 1px solid #8884; }
.text { white-space: pre-line; }
)css";

inline constexpr std::string_view kDocsScript = R"js('use strict';
const make = (name, text, ...children) => {
  const element = document.createElement(name);
  if (text !== undefined && text !== null) element.textContent = text;
  element.append(...children);
  return element;
};
// Text in which `this` is code.
const prose = (name, text) => {
  const element = make(name);
  String(text || '').split('`').forEach((part, i) => element.append(i % 2 ? make('code', part) : part));
  return element;
};
let contract;
const resolve = (thing) => thing && thing.$ref ? thing.$ref.slice(2).split('/').reduce((at, key) => at[key], contract) : thing;
const typeOf = (schema) => {
  if (!schema) return '';
  if (schema.$ref) return schema.$ref.split('/').pop();
  if (schema.type === 'array') return typeOf(schema.items) + '[]';
  return schema.format ? `${schema.type} (${schema.format})` : schema.type || 'any';
};
const table = (heads, rows) => {
  const head = make('tr'), body = make('tbody');
  heads.forEach((text) => head.append(make('th', text)));
  rows.forEach((cells) => {
    const row = make('tr');
    cells.forEach((cell) => { const at = prose('td', cell); at.className = 'text'; row.append(at); });
    body.append(row);
  });
  return make('table', null, make('thead', null, head), body);
};
const media = (content) => Object.entries(content || {}).map(([type, one]) => {
  const box = make('div', null, make('p', `${type}: ${typeOf(one.schema)}`));
  const schema = resolve(one.schema);
  if (schema && schema.properties) {
    box.append(table(['Field', 'Type', 'Meaning'], Object.entries(schema.properties).map(([name, field]) => [name, typeOf(field), field.description || (resolve(field) || {}).description || ''])));
  }
  if (one.example !== undefined) box.append(make('pre', JSON.stringify(one.example, null, 2)));
  return box;
});
const operation = (method, path, one) => {
  const label = make('span', method.toUpperCase());
  label.className = 'method';
  const box = make('details', null, make('summary', null, label, make('code', path), ' ', ...prose('span', one.summary).childNodes));
  box.id = one.operationId;
  if (one.deprecated) box.classList.add('gone');
  box.dataset.words = `${method} ${path} ${one.summary} ${one.operationId}`.toLowerCase();
  box.addEventListener('toggle', () => {
    if (box.dataset.filled) return;
    box.dataset.filled = 'yes';
    const text = prose('p', (one.deprecated ? 'On its way out: see the reply headers Deprecation and Sunset. ' : '') + one.description);
    text.className = 'text';
    box.append(text);
    const parameters = (one.parameters || []).map(resolve);
    if (parameters.length) box.append(make('h3', 'Parameters'), table(['Name', 'In', 'Type', 'Meaning'], parameters.map((p) => [p.name, p.in, typeOf(p.schema), p.description])));
    if (one.requestBody) box.append(make('h3', 'Body'), ...media(one.requestBody.content));
    Object.entries(one.responses).forEach(([status, response]) => {
      const reply = resolve(response), words = prose('p', reply.description);
      words.className = 'text';
      box.append(make('h3', `Reply ${status}`), words, ...(status < 300 ? media(reply.content) : []));
    });
  });
  return box;
};
// In the order in which an integrator meets them; what is not named here comes after, as it stands in the contract.
const kUse = ['Contact', 'Incident', 'Import', 'Evidence', 'Person', 'Restriction', 'Marker', 'Follow up', 'Appeal', 'Notification', 'Share', 'Letter', 'Webhook'];
const byUse = (tags) => {
  const at = (tag) => { const i = kUse.indexOf(tag.name); return i < 0 ? (tag.name === 'Operations' ? kUse.length + 1 : kUse.length) : i; };
  return [...tags].sort((a, b) => at(a) - at(b));
};
// Opens and shows what the address names: a reason (#NOT_PERMITTED), an operation (#ImposeRestriction), an area.
const show = () => {
  const at = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!at) return;
  if (at.tagName === 'DETAILS') at.open = true;
  document.querySelectorAll('.shown').forEach((other) => other.classList.remove('shown'));
  at.classList.add('shown');
  at.scrollIntoView();
};
addEventListener('hashchange', show);
fetch('/openapi.json').then((reply) => reply.json()).then((document_) => {
  contract = document_;
  document.getElementById('about').replaceChildren(...prose('p', contract.info.description).childNodes);
  const main = document.getElementById('main'), tags = document.getElementById('tags');
  byUse(contract.tags).forEach((tag) => {
    const id = 'tag-' + tag.name.replace(/\W+/g, '-'), link = make('a', tag.name), section = make('section', null, make('h2', tag.name), prose('p', tag.description));
    section.id = id;
    link.href = '#' + id;
    tags.append(link);
    Object.entries(contract.paths).forEach(([path, methods]) => Object.entries(methods).forEach(([method, one]) => {
      if (one.tags.includes(tag.name)) section.append(operation(method, path, one));
    }));
    main.append(section);
  });
  const errors = make('section', null, make('h2', 'Reasons'));
  Object.entries(contract.components.responses).forEach(([name, one]) => {
    const status = name.replace('Problem', '');
    one.description.split('\n- ').slice(1).forEach((line) => {
      const reason = line.split('`')[1], box = prose('p', `${status} ${line}`);
      box.id = reason;
      errors.append(box);
    });
  });
  main.append(errors);
  show();
});
document.getElementById('find').addEventListener('input', (event) => {
  const words = event.target.value.toLowerCase();
  document.querySelectorAll('details').forEach((box) => { box.hidden = !box.dataset.words.includes(words); });
});
)js";

}  // namespace evenhand::gateway
