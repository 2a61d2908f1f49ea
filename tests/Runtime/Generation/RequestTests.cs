using System.Buffers;
using Actors.Runtime.Invocation;
using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Serialization;
using Orleans.CodeGeneration;

namespace Actors.Runtime.Tests.Generation;

/// <summary>Requests: what generated code knows of each method, and its arguments as a value.</summary>
public sealed class RequestTests
{
    private static readonly GrainInterfaceCode Wide =
        GrainCodeBuilder.Of(typeof(RequestTests).Assembly).Interfaces.Single(static one => one.InterfaceType == typeof(IWideGrain));

    [Fact]
    public void An_interface_has_its_own_methods_and_those_it_inherits()
    {
        Assert.Equal("test.IWide", Wide.Name);
        Assert.Equal(3, Wide.Version);
        Assert.Equal(
            ["Add", "Describe", "Rest", "RestLong", "Tell", "Watch", "Numbers", "Frozen", "Ping"], Wide.Methods.Select(static method => method.WireName));
        Assert.Equal(typeof(IBaseGrain), Method("Ping").InterfaceType);
        Assert.Equal("test.IBase", Method("Ping").InterfaceName);
    }

    [Fact]
    public void Attributes_of_the_method_reach_the_runtime()
    {
        Assert.Equal(InvokeMethodOptions.OneWay, Method("Tell").Options);
        Assert.Equal(InvokeMethodOptions.ReadOnly, Method("Rest").Options);
        Assert.Equal(InvokeMethodOptions.AlwaysInterleave, Method("RestLong").Options);
        Assert.Equal(5000d, Method("RestLong").ResponseTimeoutMs);
        Assert.Null(Method("Add").ResponseTimeoutMs);
        Assert.True(Method("Add").IsCancellable);
        Assert.False(Method("Rest").IsCancellable);
    }

    [Fact]
    public void Arguments_are_read_and_set_by_index()
    {
        using var source = new CancellationTokenSource();
        var request = Method("Add").CreateRequest();
        request.SetArgument(0, 4);
        request.SetArgument(2, source.Token);
        Assert.Equal(3, request.GetArgumentCount());
        Assert.Equal(4, request.GetArgument(0));
        Assert.Equal(source.Token, request.GetCancellationToken());
        Assert.Throws<ArgumentOutOfRangeException>(() => request.GetArgument(3));
        Assert.Throws<ArgumentOutOfRangeException>(() => request.SetArgument(-1, 0));
    }

    [Fact]
    public void Arguments_cross_the_wire_without_the_token()
    {
        var sent = Method("Add").CreateRequest();
        sent.SetArgument(0, 4);
        sent.SetArgument(1, -5);
        var output = new ArrayBufferWriter<byte>();
        var writer = new WireWriter(output, Wire.Context);
        sent.WriteTo(ref writer);
        writer.Complete();
        Assert.Equal("0808100907", Convert.ToHexString(output.WrittenSpan));

        var received = Method("Add").CreateRequest();
        var reader = new WireReader(output.WrittenSpan, Wire.Context);
        received.ReadFrom(ref reader);
        Assert.Equal(-5, received.GetArgument(1));
    }

    private static GrainMethod Method(string wireName) => Wide.Methods.Single(method => method.WireName == wireName);
}
