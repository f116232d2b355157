// Facts: the numbers that belong to the picture, in one line below it.

function drawFacts(root, facts) {
  root.hidden = facts.length === 0;
  root.replaceChildren(
    ...facts.map(({ label, value, tag, color }) => {
      const fact = element("span", "fact");
      if (tag) fact.append(chipOf(tag));
      if (color) fact.append(swatch(color));
      fact.append(element("span", "", label), element("strong", "", value));
      return fact;
    }),
  );
}
