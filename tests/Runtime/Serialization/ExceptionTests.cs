using Actors.Runtime.Serialization;
using Actors.Runtime.Tests.Generation;

namespace Actors.Runtime.Tests.Serialization;

/// <summary>Exceptions arrive as what they were, or as one clear type.</summary>
public sealed class ExceptionTests
{
    [Fact]
    public void An_exception_with_facts_arrives_whole()
    {
        var sent = Thrown(new PartitionMissingException("orders", 3));
        var received = Assert.IsType<PartitionMissingException>(Sent(sent));
        Assert.Equal("orders", received.Topic);
        Assert.Equal(3, received.Partition);
        Assert.Equal("The topic 'orders' does not exist.", received.Message);
        Assert.Equal(sent.HResult, received.HResult);
        Assert.Contains(nameof(Thrown), received.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public void Exceptions_of_the_class_library_arrive_as_what_they_were()
    {
        Exception[] sent =
        [
            new InvalidOperationException("a"), new ArgumentException("b", "parameter"), new ArgumentOutOfRangeException("index", 3, "too large"),
            new TimeoutException("c"), new OperationCanceledException("d"), new ObjectDisposedException("connection"), new KeyNotFoundException(),
        ];
        foreach (var one in sent)
        {
            var received = Sent(one);
            Assert.Equal(one.GetType(), received.GetType());
            Assert.Equal(one.Message, received.Message);
        }
    }

    [Fact]
    public void Inner_exceptions_arrive_too()
    {
        var received = Sent(new InvalidOperationException("outer", new PartitionMissingException("t", 1)));
        Assert.Equal(1, Assert.IsType<PartitionMissingException>(received.InnerException).Partition);
    }

    [Fact]
    public void An_exception_without_a_codec_arrives_as_a_remote_one()
    {
        var received = Assert.IsType<RemoteException>(Sent(Thrown(new HomelessException("lost my way", new TimeoutException("late")))));
        Assert.Equal("lost my way", received.Message);
        Assert.Equal(typeof(HomelessException).FullName, received.OriginalType);
        Assert.Contains("late", received.Detail, StringComparison.Ordinal);
        Assert.Contains(nameof(Thrown), received.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void An_exception_of_a_newer_build_arrives_as_a_remote_one()
    {
        var known = new WireSerializer(new WireContext(CodecRegistry.Of(typeof(WireSerializer).Assembly)));
        var bytes = Wire.Serializer.SerializeToArray<Exception>(new PartitionMissingException("t", 1));
        var received = Assert.IsType<RemoteException>(known.Deserialize<Exception>(bytes));
        Assert.Equal("test.PartitionMissingException", received.OriginalType);
        Assert.Equal("The topic 't' does not exist.", received.Message);
    }

    [Fact]
    public void A_chain_without_end_is_shortened_and_text_of_any_kind_is_written()
    {
        Exception chain = new TimeoutException("end");
        for (var i = 0; i < 200; i++)
        {
            chain = new InvalidOperationException($"level {i}", chain);
        }

        Assert.Equal("level 199", Assert.IsType<RemoteException>(Sent(chain)).Message);
        Assert.Equal("bad \uFFFD text", Sent(new InvalidOperationException("bad \uD800 text")).Message);
    }

    private static Exception Sent(Exception exception) => Wire.Serializer.Deserialize<Exception>(Wire.Serializer.SerializeToArray(exception))!;

    private static Exception Thrown(Exception exception)
    {
        try
        {
            throw exception;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
