using System.Net;
using Actors.Bench.Report;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Actors.Bench.Agents.Floors;

/// <summary>The process of a floor: <c>agents-floor --port N [--signalr]</c> serves until standard input ends; each line there is a question.</summary>
internal static class AgentsFloor
{
    /// <summary>Asks for the bytes of the heap that are in use after a full collection; any other word for those allocated so far.</summary>
    public const string HeapWord = "heap";

    /// <summary>Serves.</summary>
    public static async Task<int> RunAsync(BenchArguments arguments)
    {
        var port = arguments.Number("port", 0, 1, 65_535);
        var isSignalR = arguments.Flag("signalr");
        arguments.RefuseRest();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        if (isSignalR) NodeHub.Add(builder.Services);
        await using var application = builder.Build();
        if (isSignalR) NodeHub.Map(application);
        else RelayServer.Map(application);
        await application.StartAsync();
        Console.WriteLine("ready");
        while (Console.ReadLine() is { } word) Console.WriteLine(word == HeapWord ? HeapBytes() : GC.GetTotalAllocatedBytes());

        return 0;
    }

    private static long HeapBytes()
    {
        GC.Collect();
        var memory = GC.GetGCMemoryInfo();
        return memory.HeapSizeBytes - memory.FragmentedBytes;
    }
}
