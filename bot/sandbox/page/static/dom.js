// A tree of plain values goes in, the fewest changes to the page come out.

const trees = new WeakMap();
const PROPERTIES = new Set(["value", "checked", "disabled", "hidden", "selected", "multiple"]);
const SVG = "http://www.w3.org/2000/svg";

/** One element: `key` keeps its identity among siblings, `vars` are CSS variables, `onxxx` listeners,
 * `start` a field's first value, `opaque` children that others keep. Text stays text. */
export function h(tag, props, ...children) {
  return { tag, props: props ?? {}, key: props?.key, children: flat(children) };
}

export function render(container, ...children) {
  patchChildren(container, flat(children));
}

function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (typeof child === "object" ? child : String(child)));
}

function create(tree, parent) {
  if (typeof tree === "string") return document.createTextNode(tree);
  const inSvg = tree.tag === "svg" || parent.namespaceURI === SVG;
  const node = inSvg ? document.createElementNS(SVG, tree.tag) : document.createElement(tree.tag);
  patchChildren(node, tree.children);
  applyProps(node, {}, tree.props);
  trees.set(node, tree);
  return node;
}

function patch(node, tree) {
  if (typeof tree === "string") {
    if (node.data !== tree) node.data = tree;
    return node;
  }
  const before = trees.get(node);
  if (before === tree) return node;
  if (!tree.props.opaque) patchChildren(node, tree.children);
  applyProps(node, before.props, tree.props);
  trees.set(node, tree);
  return node;
}

function patchChildren(parent, children) {
  const old = [...parent.childNodes];
  const keyed = new Map();
  const loose = new Map();
  for (const node of old) {
    const tree = trees.get(node);
    if (tree?.key !== undefined) keyed.set(tree.key, node);
    else push(loose, kindOf(node), node);
  }
  const reused = children.map((tree) => taken(tree, keyed, loose));
  const staying = new Set(reused);
  for (const node of old) if (!staying.has(node)) node.remove();
  let place = parent.firstChild;
  children.forEach((tree, index) => {
    const node = reused[index] ? patch(reused[index], tree) : create(tree, parent);
    if (node === place) place = place.nextSibling;
    else parent.insertBefore(node, place);
  });
}

function taken(tree, keyed, loose) {
  if (tree.key === undefined) return loose.get(typeof tree === "string" ? "#text" : tree.tag)?.shift();
  const node = keyed.get(tree.key);
  keyed.delete(tree.key);
  return node && trees.get(node).tag === tree.tag ? node : undefined;
}

function kindOf(node) {
  return node.nodeType === Node.TEXT_NODE ? "#text" : node.localName;
}

function push(lists, key, value) {
  if (!lists.has(key)) lists.set(key, []);
  lists.get(key).push(value);
}

function applyProps(node, before, after) {
  for (const name of Object.keys(before)) if (!(name in after)) applyProp(node, name, undefined);
  for (const [name, value] of Object.entries(after)) {
    if (name === "value" || before[name] !== value) applyProp(node, name, value);
  }
}

function applyProp(node, name, value) {
  if (name === "key" || name === "opaque") return;
  if (name === "start") return void (node.defaultValue = value ?? "");
  if (name === "vars") {
    for (const [property, text] of Object.entries(value ?? {})) node.style.setProperty(property, text);
  } else if (name.startsWith("on")) {
    node[name] = value ?? null;
  } else if (PROPERTIES.has(name)) {
    if (node[name] !== (value ?? "")) node[name] = value ?? (typeof node[name] === "boolean" ? false : "");
  } else if (value === undefined || value === null || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : value);
  }
}
