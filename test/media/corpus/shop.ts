/** Of recordings, in pixels. */
export const size = { width: 800, height: 450 };

/** What is recorded: a page that answers late, and then counts and moves. */
export const shop = `<!doctype html><title>Example shop</title>
<style>
  body { margin: 0; font: 18px DejaVu Sans, sans-serif; color: #111827; background: #fff; }
  header { background: #1f2937; color: #fff; padding: 12px 24px; }
  main { padding: 24px; } button { background: #2563eb; color: #fff; padding: 10px 24px; border: 0; }
  i { position: absolute; width: 40px; height: 40px; background: #059669; top: 300px; }
</style>
<header>Example shop</header><main><h1>Orders</h1><p id="count">0</p><button>Send</button></main><i></i>
<script>
  var step = 0;
  setInterval(() => {
    count.textContent = ++step + " orders";
    document.querySelector("i").style.left = 24 + step * 12 + "px";
  }, 100);
</script>`;
