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
<header><h1>Evenhand</h1><p id="about"></p><p><a href="/openapi.json">openapi.json</a></p>
<label>Find <input id="find" type="search" autocomplete="off"></label></header>
<nav id="tags" aria-label="Areas"></nav>
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
.method { display: inline-block; min-width: 4.2rem; font-weight: 700; }
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
    cells.forEach((cell) => { const at = make('td', cell); at.className = 'text'; row.append(at); });
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
  const box = make('details', null, make('summary', null, label, make('code', path), ` ${one.summary}`));
  box.dataset.words = `${method} ${path} ${one.summary} ${one.operationId}`.toLowerCase();
  box.addEventListener('toggle', () => {
    if (box.dataset.filled) return;
    box.dataset.filled = 'yes';
    const text = make('p', one.description);
    text.className = 'text';
    box.append(text);
    const parameters = (one.parameters || []).map(resolve);
    if (parameters.length) box.append(make('h3', 'Parameters'), table(['Name', 'In', 'Type', 'Meaning'], parameters.map((p) => [p.name, p.in, typeOf(p.schema), p.description])));
    if (one.requestBody) box.append(make('h3', 'Body'), ...media(one.requestBody.content));
    Object.entries(one.responses).forEach(([status, response]) => {
      const reply = resolve(response), words = make('p', reply.description);
      words.className = 'text';
      box.append(make('h3', `Reply ${status}`), words, ...(status < 300 ? media(reply.content) : []));
    });
  });
  return box;
};
fetch('/openapi.json').then((reply) => reply.json()).then((document_) => {
  contract = document_;
  document.getElementById('about').textContent = contract.info.description;
  const main = document.getElementById('main'), tags = document.getElementById('tags');
  contract.tags.forEach((tag) => {
    const id = 'tag-' + tag.name.replace(/\W+/g, '-'), link = make('a', tag.name), section = make('section', null, make('h2', tag.name), make('p', tag.description));
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
      const reason = line.split('`')[1], box = make('p', `${status} ${line.replace(/`/g, '')}`);
      box.id = reason;
      errors.append(box);
    });
  });
  main.append(errors);
  if (location.hash) { const at = document.getElementById(location.hash.slice(1)); if (at) at.scrollIntoView(); }
});
document.getElementById('find').addEventListener('input', (event) => {
  const words = event.target.value.toLowerCase();
  document.querySelectorAll('details').forEach((box) => { box.hidden = !box.dataset.words.includes(words); });
});
)js";

}  // namespace evenhand::gateway
