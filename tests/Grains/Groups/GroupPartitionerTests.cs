using Actors.Grains.Groups;

namespace Actors.Grains.Tests.Groups;

/// <summary>Groups lie where Kafka puts them.</summary>
public sealed class GroupPartitionerTests
{
    /// <summary>Hashes of Java's String.hashCode: "" 0, "a" 97, "Aa" and "BB" 2112, "polygenelubricants" -2147483648, "hello" 99162322.</summary>
    [Theory]
    [InlineData("", 50, 0)]
    [InlineData("a", 50, 47)]
    [InlineData("Aa", 50, 12)]
    [InlineData("BB", 50, 12)]
    [InlineData("hello", 50, 22)]
    [InlineData("hello", 1, 0)]
    [InlineData("polygenelubricants", 50, 0)]
    [InlineData("console-consumer-1", 7, 2)]
    public void A_group_has_the_partition_of_its_java_hash(string groupId, int count, int partition) =>
        Assert.Equal(partition, GroupPartitioner.PartitionOf(groupId, count));

    [Fact]
    public void Options_say_what_is_wrong_with_them()
    {
        Assert.Empty(new GroupOptions().Mistakes());
        var mistakes = new GroupOptions { MaxSize = 0, OffsetsPartitions = -1, MinSessionTimeoutMs = 10, MaxSessionTimeoutMs = 9 }.Mistakes().ToArray();
        Assert.Equal(3, mistakes.Length);
        Assert.Contains("Groups:MaxSize is 0; allowed is 1 to 2147483647.", mistakes);
    }
}
