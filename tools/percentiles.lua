-- wrk prints 50, 75, 90 and 99; the table wants 95 too.
done = function(summary, latency, requests)
  io.write(string.format("percentiles %.2f %.2f %.2f\n",
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000))
end
