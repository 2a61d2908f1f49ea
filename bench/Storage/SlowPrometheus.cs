using System.Globalization;
using System.Text;
using Actors.Bench.Report;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Actors.Bench.Storage;

/// <summary>A Prometheus that knows every volume, and takes a while for each answer as one does that has work to do. A process of its own.</summary>
internal static class SlowPrometheus
{
    /// <summary>Serves until standard input ends; prints a line when it listens, and for each line that it reads how many queries it has answered.</summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var port = arguments.Number("port", 0, 1, 65_535);
        var delay = TimeSpan.FromMilliseconds(arguments.Number("delay-ms", 100));
        var volumes = arguments.Number("volumes", 100, 1, 1_000_000);
        arguments.RefuseRest();
        var (iops, coverage, age) = (Answer(volumes, static volume => volume % 7 * 1_000), Answer(volumes, static _ => 100_000), Answer(volumes, static _ => 1));
        long queries = 0;

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        await using var app = builder.Build();
        app.Run(async context =>
        {
            var query = (await context.Request.ReadFormAsync(context.RequestAborted))["query"].ToString();
            Interlocked.Increment(ref queries);
            await Task.Delay(delay, TimeProvider.System, context.RequestAborted);
            context.Response.ContentType = "application/json";
            await context.Response.Body.WriteAsync(query[..3] switch { "sum" => iops, "min" => coverage, _ => age }, context.RequestAborted);
        });
        await app.StartAsync();
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null) Console.WriteLine(Interlocked.Read(ref queries));
        return 0;
    }

    /// <summary>The name of a volume, as Kubernetes names volumes that are made on demand.</summary>
    public static string Name(int volume) => string.Create(CultureInfo.InvariantCulture, $"pvc-00000000-0000-4000-8000-{volume:000000000000}");

    private static byte[] Answer(int volumes, Func<int, int> value) => Encoding.UTF8.GetBytes(
        "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":["
        + string.Join(',', Enumerable.Range(0, volumes).Select(volume => $"{{\"metric\":{{\"pv_name\":\"{Name(volume)}\"}},\"value\":[1700000000.123,\"{value(volume).ToString(CultureInfo.InvariantCulture)}\"]}}"))
        + "]}}");
}
