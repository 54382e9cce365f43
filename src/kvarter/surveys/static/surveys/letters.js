// While letters are made, say beside the button how far they are: what the page of their progress says, every two seconds.
const form = document.querySelector("form[data-progress]")
form?.addEventListener("submit", () => {
  const place = document.createElement("div")
  place.setAttribute("role", "status")
  form.after(place)
  form.querySelector("button").disabled = true
  let begun = false
  const timer = setInterval(async () => {
    const page = await fetch(form.dataset.progress)
    const told = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("#how-far")
    const bar = told?.querySelector("progress")
    if (bar) {
      begun = true
      place.replaceChildren(told.querySelector("p"), bar)
    } else if (begun) {
      clearInterval(timer)
      location.reload()
    }
  }, 2000)
})
