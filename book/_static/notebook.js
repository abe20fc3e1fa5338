/* "下载笔记本", where the book is opened from a stick: browsers show a file's text there instead of saving it, and let no
   script read it. So the notebook comes as a script of its own, written by balancelib/course/launch.py. */

if (location.protocol === "file:") {
  document.querySelector(".notebook-download").addEventListener("click", event => {
    event.preventDefault();
    const script = document.createElement("script");
    script.src = event.currentTarget.href + ".js";
    document.head.append(script);
  });
}

function saveNotebook(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/x-ipynb+json" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
