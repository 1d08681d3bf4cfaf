// Draws every figure from the JSON beside it, and lets check boxes show and hide arms in all panels.
(function () {
  const config = { responsive: true, displayModeBar: false, displaylogo: false };
  const drawn = [];
  document.querySelectorAll("figure > .plot").forEach(function (place) {
    const spec = JSON.parse(place.nextElementSibling.textContent);
    drawn.push(place);
    if (window.innerWidth < 620) {
      // Intervals do not fit into the cells of a heatmap on a telephone; a touch shows them.
      (spec.layout.annotations || []).forEach(function (note) { note.text = note.text.replace(/<br><span.*$/, ""); });
    }
    Plotly.newPlot(place, spec.data, spec.layout, config);
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
