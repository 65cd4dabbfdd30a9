// What staff see when the telephone rings: what to do, in the register's own calm words; never a name, a reason or a story (12.4).
'use strict';
const $ = (id) => document.getElementById(id);
const HEADLINES = {
  ASKING: 'One moment',
  CLEAR: 'Nothing on record for this number',
  GUIDANCE: 'Guidance for this contact',
  OTHER_CHANNEL: 'Nothing stands in the way of this contact',
  UNKNOWN: 'It can’t be known right now: take care',
  UNREADABLE: 'No number to look up',
};
let contact = null;  // what was asked last
let consistency = '';  // an answer is never older than the last one
let key = '';  // one for each contact: a second click counts nothing twice
let asked = 0;  // only the answer to the last question is shown: another caller's guidance never stays beside a new number

async function ask(path, body) {
  try {
    const reply = await fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(body)});
    return await reply.json();
  } catch {
    return {outcome: 'UNKNOWN', matches: []};
  }
}

function say(id, text) {
  $(id).textContent = text;
  $(id).hidden = !text;
}

function list(id, texts) {
  $(id).replaceChildren(...[...new Set(texts)].map((text) => Object.assign(document.createElement('li'), {textContent: text})));
}

function show(answer) {
  const matches = answer.matches ?? [];
  $('answer').dataset.outcome = answer.outcome;
  const possible = matches.some((match) => match.match === 'POSSIBLE');
  say('who', possible ? 'More than one person may have this number. Find out who is calling first.' : '');
  // What binds this contact first; what is so on other channels below it, quietly: it turns nobody away here.
  const lines = [], elsewhere = [];
  for (const match of matches) {
    for (const {text, applies} of match.instructions ?? []) (applies === 'OTHER_CHANNEL' ? elsewhere : lines).push(text);
    if (match.marker?.instruction) lines.push(match.marker.instruction);
  }
  const free = answer.outcome === 'GUIDANCE' && !lines.length;
  $('headline').textContent = HEADLINES[free ? 'OTHER_CHANNEL' : answer.outcome] ?? HEADLINES.UNKNOWN;
  if (answer.outcome === 'UNKNOWN' && !lines.length) lines.push('Don’t rely on there being no restriction.');
  list('instructions', lines);
  list('elsewhere', elsewhere);
  const limits = matches.filter((match) => match.remainingContacts !== undefined);
  say('remaining', limits.map((match) => {
    const until = match.resetsAt ? ` until ${new Date(match.resetsAt).toLocaleString('en-GB', {dateStyle: 'medium', timeStyle: 'short'})}` : '';
    return match.remainingContacts === 1 ? `1 contact left${until}` : `${match.remainingContacts} contacts left${until}`;
  }).join('. '));
  $('taken').hidden = !limits.length;
  $('taken').disabled = false;
  say('as-of', answer.asOf ? `As of ${new Date(answer.asOf).toLocaleTimeString('en-GB')}` : '');
  consistency = answer.consistencyToken ?? consistency;
}

// The last answer goes at once; one that comes late, when somebody else is calling, is not shown.
async function showAnswerTo(path, body) {
  const mine = ++asked;
  show({outcome: 'ASKING'});
  const answer = await ask(path, body);
  if (mine === asked) show(answer);
  return mine === asked;
}

function incoming(phone) {
  contact = {channel: 'PHONE', phone};
  key = crypto.randomUUID();
  return showAnswerTo('check', {...contact, consistencyToken: consistency});
}

$('ask').addEventListener('submit', (event) => {
  event.preventDefault();
  incoming($('phone').value);
});
$('taken').addEventListener('click', async () => {
  if (await showAnswerTo('record', {...contact, consistencyToken: consistency, key})) $('taken').disabled = true;
});
// The telephone system opens the page with the number behind a "#": what stands there is sent to no server, so that no log keeps it.
function ring() {
  const calling = new URLSearchParams(location.hash.slice(1)).get('phone');
  if (!calling) return;
  $('phone').value = calling;
  incoming(calling);
}
addEventListener('hashchange', ring);
ring();
