"""A defence brief and an inventory as files: Word to edit, PDF to read; the same of both give the same bytes."""

from documents.brief.pages import inventory_pdf as inventory_pdf
from documents.brief.pages import pdf_of as pdf_of
from documents.brief.word import docx_of as docx_of
