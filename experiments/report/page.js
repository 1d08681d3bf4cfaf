// Draws every figure from the JSON beside it once it can be seen, and lets check boxes show and hide arms in all panels.
(function () {
  const config = { responsive: true, displayModeBar: false, displaylogo: false };
  const drawn = [];
  const hidden = new Set();

  function draw(place) {
    if (drawn.includes(place)) return;
    const spec = JSON.parse(place.nextElementSibling.textContent);
    drawn.push(place);
    if (window.innerWidth < 620) {
      // Intervals do not fit into the cells of a heatmap on a telephone; a touch shows them.
      (spec.layout.annotations || []).forEach(function (note) { note.text = note.text.replace(/<br><span.*$/, ""); });
    }
    Plotly.newPlot(place, spec.data, spec.layout, config);
  }
  function drawVisible() {
    // In a folded part a figure has no width to be drawn in.
    document.querySelectorAll("figure > .plot").forEach(function (place) {
      if (!place.closest("details:not([open])")) draw(place);
    });
  }
  function unfold() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const fold = target && target.querySelector(":scope > details.fold");
    if (fold) fold.open = true;
  }
  drawVisible();
  document.addEventListener("toggle", drawVisible, true);
  window.addEventListener("hashchange", unfold);
  unfold();
  // On paper nothing can be opened.
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details.fold:not([open])").forEach(function (part) {
      part.open = true;
      hidden.add(part);
    });
    drawVisible();
  });
  window.addEventListener("afterprint", function () {
    hidden.forEach(function (part) { part.open = false; });
    hidden.clear();
  });
  document.querySelectorAll("input[data-arm]").forEach(function (box) {
    box.addEventListener("change", function () {
      drawn.forEach(function (place) {
        if (place.dataset.group !== "arms") return;
        place.data.forEach(function (trace, index) {
          if (trace.meta === box.dataset.arm) Plotly.restyle(place, { visible: box.checked }, [index]);
        });
      });
    });
  });
})();
