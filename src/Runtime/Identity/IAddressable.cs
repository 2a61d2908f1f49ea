namespace Orleans.Runtime;

/// <summary>Something that can be called through a reference: a grain or an observer.</summary>
public interface IAddressable
{
}
