// While letters are made, say beside the button how far they are: what the page of their progress says, every two seconds.
// The page is left as it is when they are done: to load it anew would stop a file that is on its way.
const form = document.querySelector("form[data-progress]")
form?.addEventListener("submit", () => {
  const place = document.createElement("div")
  place.setAttribute("role", "status")
  place.textContent = form.dataset.begun // until the first are made
  form.after(place)
  form.querySelector("button").disabled = true
  let times = 300 // ten minutes
  let seen = false
  const timer = setInterval(async () => {
    const page = await fetch(form.dataset.progress)
    const told = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#how-far")
    const bar = told?.querySelector("progress")
    if (bar) place.replaceChildren(told.querySelector("p"), bar)
    if ((seen && !bar) || !--times) clearInterval(timer)
    seen ||= Boolean(bar)
  }, 2000)
})
