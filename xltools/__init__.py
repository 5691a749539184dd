"""xltools: Excel forms, checks and summaries for China's yearly disclosure return (政府信息公开工作年度报告)."""

__version__ = "0.1.0"
