/* What a hand could reach on a page, and where it is: faults of size, place and order, in words. */
([least, within]) => {
  const CONTROLS = 'button, input, select, textarea, a[href], summary, [role=slider], [role=button], [tabindex]';
  const faults = [];
  const over = document.querySelector('#over > *');
  const root = over ?? document.querySelector(within);
  const said = (one) => {
    const own = one.closest('[path]')?.getAttribute('path') ?? '';
    return `<${one.tagName.toLowerCase()} ${own} ${(one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 30)}>`;
  };
  const style = (one) => getComputedStyle(one);
  /* What of a box is seen, past all that scrolls or cuts above it. */
  const seen = (one, cutting) => {
    const box = one.getBoundingClientRect();
    const part = {left: box.left, top: box.top, right: box.right, bottom: box.bottom};
    for (let up = one.parentElement; up; up = up.parentElement) {
      const flow = style(up).overflowX + style(up).overflowY;
      if (cutting ? !/hidden|clip/.test(flow) : !/hidden|clip|auto|scroll/.test(flow)) continue;
      const edge = up.getBoundingClientRect();
      part.left = Math.max(part.left, edge.left);
      part.top = Math.max(part.top, edge.top);
      part.right = Math.min(part.right, edge.right);
      part.bottom = Math.min(part.bottom, edge.bottom);
    }
    return part;
  };
  /* What can be brought onto the screen by a row that slides sideways. */
  const slides = (one) => {
    for (let up = one.parentElement; up && up.id !== 'view'; up = up.parentElement) {
      if (/auto|scroll/.test(style(up).overflowX) && up.scrollWidth > up.clientWidth) return true;
    }
    return false;
  };
  const point = (one) => Boolean(one.closest('x-eq, x-squeeze')); // its place is its value: it may lie on another
  const all = [...root.querySelectorAll(CONTROLS)].filter((one) => {
    const box = one.getBoundingClientRect();
    return box.width && box.height && style(one).visibility !== 'hidden' && style(one).opacity !== '0';
  });
  const view = over ?? document.querySelector('#view');
  if (document.documentElement.scrollWidth > innerWidth + 1) faults.push(`the page is ${document.documentElement.scrollWidth} px wide`);
  if (view.scrollWidth > view.clientWidth + 1) faults.push(`the view is ${view.scrollWidth} px wide in ${view.clientWidth}`);
  for (const one of all) {
    const box = one.getBoundingClientRect();
    const small = Math.min(box.width, box.height);
    if (one.tagName !== 'SUMMARY' && small < least - 0.5) faults.push(`${said(one)} is ${box.width.toFixed(0)} x ${box.height.toFixed(0)}`);
    if ((box.left < -1 || box.right > innerWidth + 1) && !slides(one)) faults.push(`${said(one)} lies beside the screen: ${box.left.toFixed(0)} to ${box.right.toFixed(0)}`);
    const part = seen(one, true);
    if (part.left > box.left + 1 || part.right < box.right - 1 || part.top > box.top + 1 || part.bottom < box.bottom - 1) {
      faults.push(`${said(one)} is cut: ${JSON.stringify(part)} of ${JSON.stringify(box)}`);
    }
    if (!['BUTTON', 'A', 'SUMMARY'].includes(one.tagName) || !one.textContent.trim()) continue;
    const words = document.createRange();
    words.selectNodeContents(one);
    const text = words.getBoundingClientRect();
    if (text.left < box.left - 1 || text.right > box.right + 1 || text.top < box.top - 3 || text.bottom > box.bottom + 3) {
      faults.push(`the words of ${said(one)} are ${text.width.toFixed(0)} x ${text.height.toFixed(0)} in ${box.width.toFixed(0)} x ${box.height.toFixed(0)}`);
    }
  }
  const boxes = all.map((one) => [one, seen(one, false)]).filter(([, part]) => part.right - part.left > 2 && part.bottom - part.top > 2);
  for (let a = 0; a < boxes.length; a++) {
    for (let b = a + 1; b < boxes.length; b++) {
      const [one, p] = boxes[a];
      const [two, q] = boxes[b];
      if (one.contains(two) || two.contains(one) || (point(one) && point(two))) continue;
      const wide = Math.min(p.right, q.right) - Math.max(p.left, q.left);
      const high = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
      if (wide > 1 && high > 1) faults.push(`${said(one)} and ${said(two)} overlap by ${wide.toFixed(0)} x ${high.toFixed(0)}`);
    }
  }
  for (const one of all) {
    one.scrollIntoView({block: 'nearest', inline: 'nearest'});
    const box = one.getBoundingClientRect();
    const hit = document.elementFromPoint((box.left + box.right) / 2, (box.top + box.bottom) / 2);
    if (!hit) faults.push(`${said(one)} cannot be scrolled to`);
    else if (!point(one) && !one.contains(hit) && !hit.closest('label')?.contains(one)) faults.push(`${said(one)} is covered by ${said(hit)}`);
  }
  view.scrollTop = 0;
  return faults;
}
